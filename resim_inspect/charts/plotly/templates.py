"""Templates of plotly figures: defaults of the layout and of each kind of trace."""

from __future__ import annotations

from typing import Any

from resim_inspect.charts.plotly import decode

_LISTS = ("shapes", "annotations", "images", "sliders", "updatemenus", "selections")
"""Parts of a layout whose items in a template are defaults by name, not items to draw"""


def with_template(data: list[Any], layout: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Traces and layout over the defaults of the figure's template."""
    template = layout.get("template")
    defaults = decode.part(template, "layout")
    by_kind = decode.part(template, "data")
    if isinstance(defaults, dict):
        base = {key: value for key, value in defaults.items() if key not in _LISTS}
        for key in layout:
            # What the template says of `xaxis` holds for `xaxis2` too.
            family = key.rstrip("0123456789")
            if key != family and isinstance(base.get(family), dict):
                base.setdefault(key, base[family])
        layout = _merged(base, layout)
    if isinstance(by_kind, dict):
        data = _with_defaults(data, by_kind)
    return data, layout


def _with_defaults(data: list[Any], by_kind: dict[str, Any]) -> list[Any]:
    """Each trace over the template's next defaults for its kind, which go round."""
    seen: dict[str, int] = {}
    traces = []
    for trace in data:
        if isinstance(trace, dict):
            kind = decode.word(trace.get("type")) or "scatter"
            defaults = [d for d in decode.items(by_kind.get(kind)) if isinstance(d, dict)]
            if defaults:
                count_before = seen.get(kind, 0)
                seen[kind] = count_before + 1
                trace = _merged(defaults[count_before % len(defaults)], trace)
        traces.append(trace)
    return traces


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Values of `over`, and those of `base` where it has none, in nested objects too."""
    merged = dict(base)
    for key, value in over.items():
        inner = base.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            merged[key] = _merged(inner, value)
        elif value is not None or key not in base:
            merged[key] = value
    return merged
