"""The means of every template: the builder, the common fields of a metric, and its series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resim_inspect.building.data_builder import DataRef
from resim_inspect.building.metric_builder import Common
from resim_inspect.emissions.evaluation.columns import valid_text
from resim_inspect.emissions.evaluation.errors import RenderError
from resim_inspect.text import count, full_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.building.builder import DocumentBuilder
    from resim_inspect.emissions.evaluation.columns import Column, Table
    from resim_inspect.emissions.evaluation.specs import MetricSpec
    from resim_inspect.emissions.evaluation.translation import ResultTerm

_MAX_NS = 9.2e18
"""ns that fit into 64 bits."""
_PASSED = 1
"""Number of the status PASSED."""
MAX_GROUPS = 1000
"""Series of one metric."""


@dataclass
class Canvas:
    """One metric that is being drawn from the result of its query."""

    builder: DocumentBuilder
    spec: MetricSpec
    result: Table
    terms: Sequence[ResultTerm]
    common: Common
    media: list[str] = field(default_factory=list)
    """Paths of the media files that the metric names."""
    notes: list[str] = field(default_factory=list)
    """Sentences about what the drawing leaves out."""
    _names: dict[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the result."""
        return self.result.columns

    def time_unit(self, position: int) -> float:
        """The ns of a unit of a column that is derived from the timestamp; else 0."""
        if self.columns[position].kind == "time":
            return 1.0
        return self.terms[position].time_unit if position < len(self.terms) else 0.0

    def nanoseconds(
        self, position: int, unit: float
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the times of a column of numbers or times in units of `unit` ns, and which rows
        have one: not NULL, finite, and within 64 bits."""
        import numpy as np

        column = self.columns[position]
        if column.kind in ("int", "time") and unit == 1.0:
            usable = np.ones(len(column), np.bool_) if column.nulls is None else ~column.nulls
            return column.values, usable
        scaled = column.doubles() * unit
        usable = np.isfinite(scaled) & (np.abs(scaled) < _MAX_NS)
        return np.rint(np.where(usable, scaled, 0)).astype(np.int64), usable

    def note_left_out(self, usable: NDArray[np.bool_], what: str, noun: str = "row") -> None:
        """Note how many rows are left out since they are without something, if any are."""
        if not usable.all():
            others = int((~usable).sum())
            verb = "is" if others == 1 else "are"
            self.notes.append(f"{count(others, noun)} without {what} {verb} left out.")

    def need(self, least: int, what: str) -> None:
        """Raise RenderError if the result has fewer columns than the template needs."""
        if len(self.columns) < least:
            raise RenderError(
                f"The template “{self.spec.template}” needs {what}; the query gives "
                f"{len(self.columns)}."
            )

    def axis(self, which: str, column: Column) -> str:
        """Name of an axis: of the template settings, else of the column."""
        return self.spec.text_setting(which, "label") or column.name

    def _name(self, text: str) -> str:
        name = f"{self.spec.name}: {text}"
        uses = self._names[name] = self._names.get(name, 0) + 1
        return name if uses == 1 else f"{name} #{uses}"

    def doubles(
        self,
        text: str,
        values: NDArray[np.float64],
        *,
        unit: str = "",
        index: DataRef | None = None,
    ) -> tuple[DataRef, DataRef]:
        """Add a series, and the statuses of its values: the status is that of the metric."""
        data = self.builder.doubles(self._name(text), values.tolist(), unit=unit, index=index)
        return data, self._statuses(text, len(values), index)

    def coordinates(self, text: str, values: NDArray[np.float64]) -> DataRef:
        """Add the x of a series, which have no statuses."""
        return self.builder.doubles(self._name(text), values.tolist())

    def strings(
        self, text: str, values: Sequence[str], *, index: DataRef
    ) -> tuple[DataRef, DataRef]:
        """Add a series of texts, and the statuses of its values."""
        data = self.builder.strings(self._name(text), values, index=index)
        return data, self._statuses(text, len(values), index)

    def _statuses(self, text: str, length: int, index: DataRef | None) -> DataRef:
        name = self._name(f"{text} status")
        return self.builder.statuses(name, [_PASSED] * length, index=index)

    def texts(self, text: str, values: Sequence[str]) -> DataRef:
        """Add texts that are the index of other series."""
        return self.builder.strings(self._name(text), values)

    def times(self, text: str, ns: NDArray[np.int64]) -> DataRef:
        """Add times that are the index of other series, in ns."""
        values: Any = ns
        return self.builder.times(self._name(text), values)

    def plotly(self, figure: Mapping[str, Any]) -> None:
        """Draw a plotly figure."""
        self.builder.plotly(self.spec.name, figure, **self.common)

    def figure(
        self,
        traces: Sequence[Mapping[str, Any]],
        x: str = "",
        y: str = "",
        *,
        categories: bool = False,
        stack: bool = False,
    ) -> None:
        """Draw traces as a plotly figure; with `categories` the texts of x stay texts.

        `stack` puts the bars of a category on each other instead of side by side.
        """
        x_axis: dict[str, Any] = {"title": {"text": x}}
        if categories:
            # Plotly takes texts such as "0" and "1" as numbers, and shows 0.5 between them.
            x_axis["type"] = "category"
        layout: dict[str, Any] = {"xaxis": x_axis, "yaxis": {"title": {"text": y}}}
        if stack:
            layout["barmode"] = "relative"
        self.plotly({"data": list(traces), "layout": layout})

    def groups(self, column: Column | None) -> list[tuple[str, NDArray[np.intp]]]:
        """Return the rows of each group, in the order in which the groups first appear.

        Raises RenderError for more groups than can be told apart.
        """
        import numpy as np

        if column is None:
            return [("", np.arange(self.result.rows))]
        code_of: dict[str, int] = {}
        if column.kind == "text":
            # Each different text once, not each row.
            used, first, codes = np.unique(_codes(column), return_index=True, return_inverse=True)
            order = np.argsort(first, kind="stable")
            ranks = np.empty(len(order), np.intp)
            ranks[order] = np.arange(len(order))
            codes = ranks[codes]
            texts = [*column.texts, ""]
            names = [texts[used[position]] for position in order]
            # An empty text and NULL are one group.
            places = [code_of.setdefault(name, len(code_of)) for name in names]
            codes = np.array(places, np.intp)[codes]
        else:
            rows = labels(column)
            codes = np.fromiter((code_of.setdefault(row, len(code_of)) for row in rows), np.intp)
        if len(code_of) > MAX_GROUPS:
            raise RenderError(
                f"The column “{column.name}” has {len(code_of):,} groups; "
                f"at most {MAX_GROUPS:,} are drawn."
            )
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(code_of) + 1))
        return [(name, order[bounds[k] : bounds[k + 1]]) for k, name in enumerate(code_of)]


def _codes(column: Column) -> NDArray[np.intp]:
    """Positions of the texts of a column; the position behind the last one for NULL."""
    import numpy as np

    codes = column.values.astype(np.intp)
    return codes if column.nulls is None else np.where(column.nulls, len(column.texts), codes)


def label(value: object) -> str:
    """A value as the text of a category: whole floats without a fraction, no NULL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return full_number(value)
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list | dict):
        import json

        return valid_text(json.dumps(value, ensure_ascii=False))
    return str(value)


def labels(column: Column) -> list[str]:
    """All values of a column as texts of categories."""
    if column.kind == "time":
        from resim_inspect.text import instant

        return ["" if value is None else instant(value) for value in column.python()]
    return [label(value) for value in column.python()]
