"""The templates `image` and `video`."""

from __future__ import annotations

from resim_inspect.emissions.config.model import MAX_MEDIA_FILES
from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, labels
from resim_inspect.emissions.evaluation.errors import RenderError


def image(canvas: Canvas) -> None:
    """Draw one image, or a list of images for several rows."""
    paths = _paths(canvas)
    files = [
        canvas.builder.file(f"{canvas.spec.name}: image {number}", path)
        for number, path in enumerate(paths, 1)
    ]
    if len(files) == 1:
        canvas.builder.image(canvas.spec.name, files[0], **canvas.common)
    else:
        canvas.builder.image_list(canvas.spec.name, files, **canvas.common)


def video(canvas: Canvas) -> None:
    """Name the files: no metric type of a metrics file holds a video."""
    lines = ["A video; open the file in a player:", ""]
    lines += [f"    {' '.join(path.split())}" for path in _paths(canvas)]
    canvas.builder.text(canvas.spec.name, "\n".join(lines), **canvas.common)


def _paths(canvas: Canvas) -> list[str]:
    canvas.need(1, "1 column: the name of the file")
    paths = [path for path in labels(canvas.columns[0]) if path]
    if not paths:
        raise RenderError("No row has the name of a file.")
    if len(paths) > MAX_MEDIA_FILES:
        canvas.notes.append(f"The first {MAX_MEDIA_FILES} of {len(paths):,} files are taken.")
        paths = paths[:MAX_MEDIA_FILES]
    canvas.media += paths
    return paths
