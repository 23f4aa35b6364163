"""Arrays, texts and colours in the JSON of plotly figures."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.svg.theme import variable_name
from resim_inspect.text import cut

_LABEL = 60


def numbers(values: NDArray[Any]) -> dict[str, str] | list[float | None]:
    """Numbers as plotly reads them, exactly; NaN is a gap."""
    doubles = np.ascontiguousarray(values, dtype="<f8")
    if len(doubles) < 2:
        # plotly takes a typed array of one element for a constant.
        return [float(value) if np.isfinite(value) else None for value in doubles]
    return {"dtype": "f8", "bdata": base64.b64encode(doubles.tobytes()).decode()}


def plain(text: str, limit: int = _LABEL) -> str:
    """Text that plotly shows as it is: neither its tags nor its templates have an effect."""
    # plotly reads entities, but no template, behind an escaped percent sign.
    return escape(cut(text, limit), quote=False).replace("%{", "&#37;{").replace("$", "&#36;")


def color(color_role: ColorRole) -> str:
    """The token of a colour, or a colour of the file."""
    if isinstance(color_role, tuple):
        return "rgb({},{},{})".format(*color_role)
    return f"@{variable_name(color_role) or 'text'}"
