"""SVG as PNG by resvg: the only module that knows it."""

from __future__ import annotations

import io

from resim_inspect.export.errors import ExportError, MissingExtraError

ZOOM = 2.0
"""px of the image for one of the SVG: sharp on a dense display, and in print."""
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<text x="2" y="16" font-size="16" font-family="sans-serif" fill="#000">M</text></svg>'
)


def png_of(svg: str) -> bytes:
    """Paint an SVG that has no style sheet as PNG.

    Raises MissingExtraError without resvg, ExportError without a font for the texts.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtraError("PNG") from error
    # Without a font resvg leaves out all texts, and says nothing.
    if not _has_ink(bytes(resvg_py.svg_to_bytes(svg_string=_PROBE))):
        raise ExportError(
            "PNG needs a font, and none is installed: install one, such as the package "
            "fonts-dejavu-core, or write SVG."
        )
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM))
    except ValueError as error:
        raise ExportError(f"The chart cannot be painted as PNG: {error}") from error


def _has_ink(png: bytes) -> bool:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGBA").getchannel("A").getextrema() != (0, 0)
