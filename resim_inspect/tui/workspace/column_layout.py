"""Layout of the columns of a table: their order, which are hidden, and which are pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from resim_inspect.text import count
from resim_inspect.tui.widgets.column_table import Column

R = TypeVar("R")
FIRST_PINNED = ("job", "verdict")
"""Keys of the columns that are pinned at first; the first of them always is."""


@dataclass(frozen=True)
class ColumnLayout:
    """A choice of columns by their keys; columns that come later follow those in `order`."""

    order: tuple[str, ...] = ()
    """Keys of the columns that are not pinned, if one has been moved."""
    hidden: frozenset[str] = frozenset()
    pinned: tuple[str, ...] = FIRST_PINNED
    sort: str = FIRST_PINNED[0]
    """Key of the column that the rows are sorted by."""
    descending: bool = False
    summary: bool = True
    """True if the summary rows are shown."""

    def arranged(self, columns: Sequence[Column[R]]) -> list[Column[R]]:
        """Return all columns in their order, the hidden ones too, the pinned ones first."""
        by_key = {column.key: column for column in columns}
        moved = dict.fromkeys((*self.pinned, *self.order))
        first = [by_key[key] for key in moved if key in by_key]
        return [*first, *(column for column in columns if column.key not in moved)]

    def visible(self, columns: Sequence[Column[R]]) -> list[Column[R]]:
        """Return the columns that are not hidden, in their order, the pinned ones first."""
        return [column for column in self.arranged(columns) if column.key not in self.hidden]

    def is_pinned(self, key: str) -> bool:
        """Return True for a column that stays at the left."""
        return key in self.pinned

    def with_hidden(self, key: str, *, hide: bool) -> Self:
        """Hide or show a column; the first one is never hidden."""
        if key == FIRST_PINNED[0]:
            return self
        return replace(self, hidden=self.hidden | {key} if hide else self.hidden - {key})

    def with_only(self, key: str, keys: Sequence[str]) -> Self:
        """Hide all of the keys but one and the first."""
        return replace(self, hidden=frozenset(keys) - {key, FIRST_PINNED[0]})

    def with_pinned(self, key: str, *, pin: bool) -> Self:
        """Pin or unpin a column; the first one is always pinned."""
        if key == FIRST_PINNED[0]:
            return self
        pinned = tuple(pinned_key for pinned_key in self.pinned if pinned_key != key)
        layout = replace(self, pinned=(*pinned, key) if pin else pinned)
        return layout.with_hidden(key, hide=False) if pin else layout

    def with_moved(self, key: str, by: int, columns: Sequence[Column[Any]]) -> Self:
        """Move a column by one place among the pinned ones or among the others."""
        pinned = self.is_pinned(key)
        keys = [c.key for c in self.arranged(columns) if self.is_pinned(c.key) == pinned]
        at = keys.index(key)
        to = at + by
        first = 1 if pinned else 0
        if at < first or not first <= to < len(keys):
            return self
        keys[at], keys[to] = keys[to], keys[at]
        return replace(self, pinned=tuple(keys)) if pinned else replace(self, order=tuple(keys))

    def with_all(self) -> Self:
        """Return to the columns as they were at first; sorting and summary stay."""
        return replace(self, order=(), hidden=frozenset(), pinned=FIRST_PINNED)

    def hidden_words(self, columns: Sequence[Column[Any]], sort: str) -> str:
        """`3 columns hidden`, with the one that the rows are sorted by; empty for none."""
        hidden = [column for column in columns if column.key in self.hidden]
        if not hidden:
            return ""
        words = f"{count(len(hidden), 'column')} hidden"
        return f"{words}, one sorts" if any(column.key == sort for column in hidden) else words

    def as_json(self) -> dict[str, Any]:
        """The layout as a JSON object."""
        return {
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "pinned": list(self.pinned),
            "sort": self.sort,
            "descending": self.descending,
            "summary": self.summary,
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a layout from a JSON object; a field of another type has its default."""
        fields = value if isinstance(value, Mapping) else {}
        pinned = _texts(fields.get("pinned", list(FIRST_PINNED)))
        sort, descending, summary = (fields.get(k) for k in ("sort", "descending", "summary"))
        return cls(
            order=_texts(fields.get("order")),
            hidden=frozenset(_texts(fields.get("hidden"))) - {FIRST_PINNED[0]},
            pinned=tuple(dict.fromkeys((FIRST_PINNED[0], *pinned))),
            sort=sort if isinstance(sort, str) else FIRST_PINNED[0],
            descending=descending is True,
            summary=summary is not False,
        )


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str))
