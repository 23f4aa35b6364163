"""SVG as PNG by resvg: the only module that knows it."""

from __future__ import annotations

import io
from collections.abc import Sequence

from resim_inspect.export.errors import ExportError, MissingExtraError

ZOOM = 2.0
"""px of the image for one of the SVG: sharp on a dense display, and in print."""
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<text x="2" y="16" font-size="16" font-family="{}" fill="#000">M</text></svg>'
)
# What Linux distributions, macOS and Windows install.
_SANS_SERIF = (
    *("DejaVu Sans", "Liberation Sans", "Noto Sans", "Open Sans", "Roboto", "Ubuntu"),
    *("Cantarell", "Adwaita Sans", "Inter", "FreeSans", "Nimbus Sans", "Bitstream Vera Sans"),
    *("Helvetica", "Arial", "Segoe UI", "Verdana", "Tahoma"),
)
_MONOSPACE = (
    *("DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Roboto Mono", "Ubuntu Mono"),
    *("Adwaita Mono", "Source Code Pro", "FreeMono", "Nimbus Mono PS", "Bitstream Vera Sans Mono"),
    *("Menlo", "Monaco", "Consolas", "Courier New"),
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
    sans_serif = _family("sans-serif", _SANS_SERIF)
    if sans_serif is None:
        raise ExportError(
            "PNG needs a font without serifs, and none was found: install one, such as the package"
            " fonts-dejavu-core, or write SVG."
        )
    monospace = _family("monospace", _MONOSPACE)
    try:
        data = resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            sans_serif_family=sans_serif or None,
            monospace_family=(sans_serif if monospace is None else monospace) or None,
        )
    except ValueError as error:
        raise ExportError(f"The chart cannot be painted as PNG: {error}") from error
    return bytes(data)


def _family(generic: str, names: Sequence[str]) -> str | None:
    """Return the name of an installed font for a generic family of CSS; None if none is found.

    It is empty where resvg finds one itself: on some systems the one that it takes is missing.
    """
    import resvg_py

    for name in ("", *names):
        if _has_ink(bytes(resvg_py.svg_to_bytes(svg_string=_PROBE.format(name or generic)))):
            return name
    return None


def _has_ink(png: bytes) -> bool:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGBA").getchannel("A").getextrema() != (0, 0)
