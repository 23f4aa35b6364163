"""A plotly figure as a complete page for the browser, in a new folder; or an image's path."""

from __future__ import annotations

import importlib.util
import json
import math
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from resim_inspect.charts.model.drawing import DrawOptions
from resim_inspect.charts.source import Source
from resim_inspect.document import Document
from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.images import check_viewable, image_path
from resim_inspect.document.model import ImageListValues, ImageValues, Metric, PlotlyValues
from resim_inspect.errors import MissingError
from resim_inspect.files import is_file
from resim_inspect.text import clean, count

CDN = "https://cdn.plot.ly/plotly-4.1.1.min.js"
CDN_HASH = "sha384-AFNp2MtSm5/oZbEs/J19F/Ah57MEiVsoed8nE3fq2Wnccdl1u/EkyJ9XKKU8rt7+"
"""Hash of the plotly.js 4.1.1 that the Python package plotly 7.1.0 contains."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
html, body {{ height: 100%; margin: 0; font-family: sans-serif; }}
body {{ display: flex; flex-direction: column; }}
#figure {{ flex: 1; min-height: 0; }}
p {{ margin: 8px; }}
</style>
</head>
<body>
{note}<div id="figure"></div>
{library}
<script>
const figure = {figure};
Plotly.newPlot("figure", figure.data || [], figure.layout || {{}},
  Object.assign({{responsive: true}}, figure.config || {{}}, {{showSendToCloud: false}})
).then(function (drawn) {{
    if (figure.frames) {{ Plotly.addFrames(drawn, figure.frames); }}
  }});
</script>
</body>
</html>
"""


class NothingToBrowseError(Exception):
    """The metric is neither a figure nor an image, or its file is not there: one sentence."""


@dataclass(frozen=True)
class Target:
    """Path of the file to open, and a notice for the user."""

    path: Path
    notice: str = ""


def target(
    document: Document, metric: Metric, image: int = 0, library: Path | None = None
) -> Target:
    """The file that shows a metric in full: a page written now, or the image itself.

    `image`: which of a list, from 0; `library`: a plotly.min.js to use. NothingToBrowseError
    for other metrics, missing images and files of other kinds; OSError where the page cannot
    be written.
    """
    values = metric.values
    if isinstance(values, PlotlyValues):
        note = APPROXIMATE_NOTE if is_approximate(document) else ""
        return write_page(values.load(), metric.name, library, note=note)
    if isinstance(values, ImageValues):
        ids: tuple[str, ...] = (values.image_data,)
    elif isinstance(values, ImageListValues):
        ids = values.image_data
    else:
        raise NothingToBrowseError(
            f'"{clean(metric.name, 80)}" is a {metric.type.label}: only Plotly figures and images '
            "are shown in a browser or viewer."
        )
    if not 0 <= image < len(ids):
        raise NothingToBrowseError(
            f"Image {image + 1} does not exist: the metric has {count(len(ids), 'image')}."
        )
    source = Source(document, DrawOptions())
    try:
        data = source.data(ids[image], "image")
        path = image_path(source.document, data)
        check_viewable(path, clean(data.external_path or "", 120))
        return Target(path)
    except MissingError as error:
        raise NothingToBrowseError(str(error)) from error


def write_page(
    figure: dict[str, Any], title: str, library: Path | None = None, *, note: str = ""
) -> Target:
    """A page of one figure, in a new folder that only its owner can read.

    plotly.js is put into the page where there is one on this machine: `library`, else that
    of an installed Python package plotly. Else the page fetches it, and the notice says so.
    """
    text, notice = figure_page(figure, title, library, note=note)
    folder = Path(tempfile.mkdtemp(prefix="resim-inspect-"))
    path = folder / "figure.html"
    path.write_text(text, "utf-8")
    return Target(path, notice)


def figure_page(
    figure: dict[str, Any], title: str, library: Path | None = None, *, note: str = ""
) -> tuple[str, str]:
    """The text of a page of one figure, and a notice on the plotly.js that it uses.

    `note` is a line above the figure.
    """
    script_path = library if library is not None else installed_library()
    if script_path is None:
        notice = f"The page loads plotly.js from {CDN}: opening it goes to the network."
        script = (
            f'<script src="{CDN}" integrity="{CDN_HASH}" crossorigin="anonymous" '
            'charset="utf-8"></script>'
        )
        source = "https://cdn.plot.ly"
    else:
        notice = f"The page uses the plotly.js of {script_path}."
        script = f"<script>{_inline(script_path.read_text('utf-8'))}</script>"
        source = ""
    return page(figure, title, script, source, note=note), notice


def page(
    figure: dict[str, Any], title: str, script: str, source: str = "", *, note: str = ""
) -> str:
    """The HTML around a figure. `script` loads plotly.js, from the origin `source` if given."""
    # Nothing of a figure can reach the network: no images, maps or fonts from elsewhere, and no
    # button that uploads it.
    policy = (
        "default-src 'none'; form-action 'none'; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; "
        f"worker-src blob:; script-src 'unsafe-inline' 'unsafe-eval' {source}"
    ).strip()
    return _PAGE.format(
        policy=policy,
        title=escape(clean(title, 200)),
        note=f"<p>{escape(note)}</p>\n" if note else "",
        library=script,
        figure=as_json(figure),
    )


def as_json(value: Any) -> str:
    """JSON that is safe inside a script element: no `<`, no line separators, no NaN."""
    text = json.dumps(_finite(value), allow_nan=False)
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _finite(value: Any) -> Any:
    """NaN and infinities as null, which plotly draws as a gap."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value


def _inline(script: str) -> str:
    # Within a script element only its end tag and a comment's beginning mean something to HTML.
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def installed_library() -> Path | None:
    """The plotly.min.js of an installed Python package plotly, found without importing it."""
    try:
        spec = importlib.util.find_spec("plotly")
    except (ImportError, ValueError):
        return None
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "package_data" / "plotly.min.js"
        if is_file(path):
            return path
    return None
