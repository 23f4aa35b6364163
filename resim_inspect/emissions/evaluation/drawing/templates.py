"""The system templates by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from resim_inspect.emissions.evaluation.drawing.bars import bar, histogram, pie
from resim_inspect.emissions.evaluation.drawing.canvas import Canvas
from resim_inspect.emissions.evaluation.drawing.lines import line
from resim_inspect.emissions.evaluation.drawing.media import image, video
from resim_inspect.emissions.evaluation.drawing.states import state_timeline
from resim_inspect.emissions.evaluation.drawing.texts import scalar, table

TEMPLATES: Mapping[str, Callable[[Canvas], None]] = {
    "bar": bar,
    "histogram": histogram,
    "image": image,
    "line": line,
    "pie": pie,
    "scalar": scalar,
    "state_timeline": state_timeline,
    "table": table,
    "video": video,
}
