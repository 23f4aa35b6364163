"""Images beside a document, read with a limit on their size, or an error with the reason."""

from __future__ import annotations

import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.document import Document
from resim_inspect.document.enums import DataType
from resim_inspect.document.model import MetricsData
from resim_inspect.errors import MissingError
from resim_inspect.text import clean, size

if TYPE_CHECKING:
    from PIL import Image as Pillow

MAX_PIXELS = 80 * 1000 * 1000
MAX_SIDE = 1600
"""Pixels of the longer side of an image that are kept: more than two a cell of any screen."""

IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
"""Image formats that are decoded: none of Pillow's that start other programs."""

MAX_FILE_BYTES = 256 * 1000 * 1000
_JPEG_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif")
_SUFFIXES = {
    "PNG": (".png",),
    "JPEG": _JPEG_SUFFIXES,
    "MPO": _JPEG_SUFFIXES,
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
}
"""Suffixes of images by their format."""


def image_path(document: Document, data: MetricsData) -> Path:
    """Path of an image's file; MissingError with the reason if it cannot be read."""
    if data.type is not DataType.EXTERNAL_FILE and not data.external_path:
        raise MissingError(f'"{_name(data)}" is not an external file but {data.type.label}.')
    external_path = data.external_path or ""
    shown = clean(external_path, 120)
    if not external_path:
        raise MissingError(f'"{_name(data)}" does not name a file.')
    path = document.external_path(data)
    if path is None:
        if document.path is None:
            raise MissingError(f'"{shown}" is not opened: the document was not read from a file.')
        raise MissingError(f'"{shown}" is not opened: it is outside the document\'s folder.')
    try:
        exists = path.exists()
    except OSError as error:  # such as a name that is too long
        raise MissingError(f'"{shown}" cannot be opened: {error.strerror}.') from error
    if not exists:
        raise MissingError(f'"{shown}" does not exist in the folder of the document.')
    return path


def check_viewable(path: Path, shown: str) -> None:
    """Raise MissingError unless a file is an image, by its content and by its name.

    Desktops choose a program by the name, and may run a script that is named so.
    """
    with _regular_file(path, shown) as file, _image_errors(shown), opened_quietly(file) as opened:
        kind = opened.format or ""
    suffixes = _SUFFIXES.get(kind, ())
    if path.suffix.lower() not in suffixes:
        names = f": it is {kind}, whose names end in {' or '.join(suffixes)}" if suffixes else ""
        raise MissingError(
            f'"{shown}" is not opened, because its name is not that of an image{names}.'
        )


class LoadedImage(NamedTuple):
    """A decoded image: its first frame."""

    pixels: NDArray[np.uint8]
    """rows × columns × 3, at most MAX_SIDE in each direction."""
    width: int
    """Pixels of the upright image in the file, as its height."""
    height: int
    kind: str
    """Format by its content: `PNG`."""
    frames: int
    file_size: int
    """Bytes."""

    def caption(self, shown: str) -> str:
        """The name that is given, size in pixels, format and size of the file."""
        # The number of frames comes first: a caption that is too long is cut at its end.
        parts = [f"frame 1 of {self.frames:,}"] if self.frames > 1 else []
        pixels = f"{self.width:,} × {self.height:,}"
        return " · ".join([*parts, shown, pixels, self.kind, size(self.file_size)])


def open_image(path: Path, shown: str) -> tuple[NDArray[np.uint8], str]:
    """Pixels (rows × columns × 3, uint8), at most MAX_SIDE in each direction, and a caption.

    Raises MissingError as `read_image` does.
    """
    image = read_image(path, shown)
    return image.pixels, image.caption(shown)


def read_image(path: Path, shown: str) -> LoadedImage:
    """Decode an image. Raises MissingError, a sentence, for a broken, huge or unknown file."""
    with _regular_file(path, shown) as file:
        file_size = os.fstat(file.fileno()).st_size
        if file_size > MAX_FILE_BYTES:
            raise MissingError(f'"{shown}" is too large to be drawn here: {size(file_size)}.')
        with _image_errors(shown), opened_quietly(file) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise MissingError(
                    f'"{shown}" is too large to be drawn here: {width:,} × {height:,} pixels.'
                )
            frames = int(getattr(opened, "n_frames", 1))
            pixels, on_side = _pixels(opened)
            if on_side:
                width, height = height, width
            kind = opened.format or "image"
    return LoadedImage(pixels, width, height, kind, frames, file_size)


@contextmanager
def _regular_file(path: Path, shown: str) -> Iterator[IO[bytes]]:
    """Open a regular file; raises MissingError for others."""
    try:
        # Opening a pipe or a device in a file's place must not block.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise MissingError(f'"{shown}" cannot be opened: {error.strerror}.') from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise MissingError(f'"{shown}" is not a file.')
    with os.fdopen(descriptor, "rb") as file:
        yield file


@contextmanager
def _image_errors(shown: str) -> Iterator[None]:
    """Turn all that Pillow raises for broken files into MissingError, and warnings likewise."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            yield
    except UnidentifiedImageError as error:
        raise MissingError(f'"{shown}" is not an image in a known format.') from error
    except (
        OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError,
        MemoryError, OverflowError, AttributeError, RuntimeError,
        Pillow.DecompressionBombError, Pillow.DecompressionBombWarning,
    ) as error:  # fmt: skip
        reason = clean(str(error), 80) or type(error).__name__
        raise MissingError(f'"{shown}" cannot be decoded: {reason}.') from error


def opened_quietly(file: IO[bytes]) -> Pillow.Image:
    """Open an image, inside `warnings.catch_warnings`; raises what Pillow raises."""
    from PIL import Image as Pillow

    # Warnings would spoil a screen. That of a huge image becomes an error.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Pillow.DecompressionBombWarning)
    _silence_libtiff()
    return Pillow.open(file, formats=IMAGE_FORMATS)


@cache
def _silence_libtiff() -> None:
    """Keep libtiff, a part of Pillow, from writing its complaints to the terminal.

    It writes to the descriptor of standard error, on which the app draws its screen; what is
    wrong with the file also reaches Pillow.
    """
    import ctypes

    from PIL import _imaging

    # A Pillow that hides the functions of its libtiff, or has none, keeps its ways.
    with suppress(OSError, AttributeError):
        libtiff = ctypes.CDLL(_imaging.__file__)
        for set_handler in (libtiff.TIFFSetErrorHandler, libtiff.TIFFSetWarningHandler):
            set_handler.argtypes, set_handler.restype = [ctypes.c_void_p], ctypes.c_void_p
            set_handler(None)


def _pixels(image: Pillow.Image) -> tuple[NDArray[np.uint8], bool]:
    """The first frame, made small, upright, on white where it is transparent.

    Also returns True if the file stores it on its side.
    """
    from PIL import ExifTags
    from PIL import Image as Pillow

    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    image.seek(0)
    image.load()
    # Read after loading, which turns images of some formats itself and drops the tag.
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    if image.mode not in ("RGB", "RGBA", "L", "P", "LA", "1", "CMYK", "PA"):
        image = _eight_bits(image)
    small: Pillow.Image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        small = image.convert("RGBA")
        small.thumbnail((MAX_SIDE, MAX_SIDE))
        sheet = Pillow.new("RGBA", small.size, (255, 255, 255, 255))
        small = Pillow.alpha_composite(sheet, small).convert("RGB")
    else:
        small = image.convert("RGB")
        small.thumbnail((MAX_SIDE, MAX_SIDE))
    transpose = Pillow.Transpose
    turns = {
        2: transpose.FLIP_LEFT_RIGHT, 3: transpose.ROTATE_180, 4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE, 6: transpose.ROTATE_270, 7: transpose.TRANSVERSE,
        8: transpose.ROTATE_90,
    }  # fmt: skip
    if orientation in turns:
        small = small.transpose(turns[orientation])
    return np.asarray(small, np.uint8), orientation in (5, 6, 7, 8)


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels (rows × columns × 3) as the content of a PNG file."""
    from PIL import Image as Pillow

    buffer = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def _eight_bits(image: Pillow.Image) -> Pillow.Image:
    """16- and 32-bit greys, made small, from their darkest (black) to their brightest value."""
    from PIL import Image as Pillow

    if image.mode not in ("I", "F", "I;16", "I;16B", "I;16L"):
        return image.convert("RGB")
    if image.mode != "F":
        image = image.convert("I")
    # First of all fewer pixels: each takes many times the memory below.
    values = np.asarray(image.reduce(max(1, max(image.size) // MAX_SIDE)), np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    scaled = np.nan_to_num((values - low) / ((high - low) or 1.0)).clip(0, 1) * 255
    return Pillow.fromarray(scaled.astype(np.uint8))


def _name(data: MetricsData) -> str:
    return clean(data.name, 120) or "(no name)"
