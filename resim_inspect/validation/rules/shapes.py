"""The form of the values of a data: one series, or one for each category."""

from __future__ import annotations

from resim_inspect.validation.context import quoted
from resim_inspect.validation.data_states import DataState


def difference(state: DataState, other: DataState) -> tuple[str, str]:
    """Difference in form or length of two data: `form` or `length`, and `this, but that`.

    Both are empty where they do not.
    """
    if state.holds != other.holds or not state.holds:
        return "form", f"{held(state.holds)}, but {held(other.holds)}"
    if state.categories is None or other.categories is None:
        if state.length != other.length:
            return "length", f"{state.length:,}, but {other.length:,}"
        return "", ""
    only_one = [name for name in state.categories if name not in other.categories]
    only_other = [name for name in other.categories if name not in state.categories]
    if only_one or only_other:
        return "form", (
            f"{len(state.categories)} categories, but {len(other.categories)}: "
            f"{listed(only_one + only_other)} in one of them only"
        )
    for name, length in state.categories.items():
        if other.categories[name] != length:
            return "length", (
                f"{length:,}, but {other.categories[name]:,} in category {quoted(name)}"
            )
    return "", ""


_HELD = {
    "series": "one series",
    "series_per_category": "a series for each category",
    "external_file": "an external file",
}


def held(holds: str) -> str:
    return _HELD[holds] if holds else "nothing"


def listed(texts: list[str], limit: int = 5) -> str:
    shown = ", ".join(quoted(text) for text in texts[:limit])
    return shown + (f" and {len(texts) - limit:,} more" if len(texts) > limit else "")
