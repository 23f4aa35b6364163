"""Values of a document for a drawing, with notes on missing and inconsistent data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Drawing, DrawOptions, Message, Panel
from resim_inspect.document import Document, DocumentError
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.model import Metric, MetricsData, Series
from resim_inspect.errors import MissingError
from resim_inspect.text import INT64_MAX, INT64_MIN, clean, count

NAME_LIMIT = 120
MAX_CATEGORIES = 12
"""Most categories that are drawn at once."""


@dataclass
class Source:
    """A document, the user's options, and the notes that building a drawing collects."""

    document: Document
    options: DrawOptions
    notes: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a note for the user, once."""
        if text not in self.notes:
            self.notes.append(text)

    def drawing(
        self,
        metric: Metric,
        *panels: Panel,
        series: tuple[str, ...] = (),
        caption: str = "",
    ) -> Drawing:
        """The drawing of a metric with all notes so far; arguments as the fields of Drawing."""
        return Drawing(
            title=clean(metric.name),
            type_label=metric.type.label,
            panels=panels,
            status=metric.status,
            notes=tuple(self.notes),
            categories=tuple(self.categories),
            category=self.options.category,
            series=series,
            caption=caption,
        )

    def message(self, metric: Metric, *reasons: str) -> Drawing:
        """A drawing that gives the reasons why there is nothing to see."""
        return self.drawing(metric, Message("\n".join(dict.fromkeys(reasons))))

    def note_lengths(self, xs: int, ys: int, name: str, what: str) -> None:
        """Add a note if a series and its partner differ in length."""
        if xs != ys:
            self.note(
                f'"{name}": {xs:,} {what} for {count(ys, "value")};'
                f" the first {min(xs, ys):,} are drawn."
            )

    def data(self, data_id: str, what: str) -> MetricsData:
        """The metrics data with this id; MissingError if the file has none."""
        if not data_id:
            raise MissingError(f"No data is named for the {what}.")
        data = self.document.data_by_id(data_id)
        if data is None:
            shown = clean(data_id, 40)
            raise MissingError(f"The {what} refer to data {shown}, which is not in the file.")
        return data

    def series(
        self, data: MetricsData, kind: SeriesKind, what: str, category: str | None = None
    ) -> Series:
        """The decoded series; MissingError if it is missing or of another kind."""
        name = data_name(data)
        try:
            series = self.document.series(data, category)
        except DocumentError as error:
            raise MissingError(f'The {what} in "{name}" cannot be read: {error}') from error
        if series.kind is not kind:
            raise MissingError(
                f'The {what} in "{name}" are {series.kind.name.lower()}, not {kind.name.lower()}.'
            )
        return series

    def drawable(self, times: NDArray[np.int64], name: str) -> NDArray[np.bool_] | None:
        """True for times with a place on an axis, with a note on the others; None if all have.

        A series holds a time before 1677 or after 2262 as a bound only.
        """
        if not len(times) or (times.min() > INT64_MIN and times.max() < INT64_MAX):
            return None
        inside = (times > INT64_MIN) & (times < INT64_MAX)
        outside = count(len(times) - int(inside.sum()), "sample")
        self.note(f'"{name}": {outside} before 1677 or after 2262 not drawn.')
        return inside

    def categories_of(self, data: MetricsData) -> list[str | None]:
        """The categories to draw of a data; [None] if it has none."""
        if not data.is_per_category:
            return [None]
        for name in data.category_names:
            if name not in self.categories:
                self.categories.append(name)
        wanted = self.options.category
        if wanted is not None and wanted in data.category_names:
            return [wanted]
        chosen = list(data.category_names[:MAX_CATEGORIES])
        if len(data.category_names) > len(chosen):
            self.note(
                f"The first {len(chosen)} of {len(data.category_names):,} categories are drawn;"
                " choose one to see another."
            )
        if not chosen:
            raise MissingError(f'"{data_name(data)}" has no categories.')
        return list(chosen)

    def statuses(
        self, data_id: str | None, n: int, category: str | None
    ) -> NDArray[np.int32] | None:
        """n statuses; None without any. Errors in them are notes: the values are still drawn."""
        if not data_id or not self.options.statuses:
            return None
        try:
            data = self.data(data_id, "statuses")
            at = category if data.is_per_category else None
            if data.is_per_category and at is None:
                return None
            series = self.series(data, SeriesKind.STATUSES, "statuses", at).statuses
        except MissingError as error:
            self.note(str(error))
            return None
        if len(series) == n:
            return series
        lengths = f"{count(len(series), 'status', 'statuses')} for {count(n, 'value')}"
        self.note(f'"{data_name(data)}" has {lengths}.')
        fixed = np.zeros(n, np.int32)
        fixed[: min(n, len(series))] = series[:n]
        return fixed

    def index(
        self, data: MetricsData, category: str | None, kind: SeriesKind, what: str
    ) -> Series | None:
        """The series that the data is indexed by, or None with a note."""
        partner = self.document.index_of(data)
        if partner is None:
            if data.is_indexed:
                self.note(f'The index of "{data_name(data)}" is not in the file.')
            else:
                self.note(f'"{data_name(data)}" has no index.')
            return None
        at = category if partner.is_per_category else None
        try:
            return self.series(partner, kind, what, at)
        except MissingError as error:
            self.note(str(error))
            return None

    def any_index(self, data: MetricsData, category: str | None) -> Series | None:
        """The index series of any kind; None without one, or with a note if it is unreadable."""
        partner = self.document.index_of(data) if data.is_indexed else None
        if partner is None:
            return None
        try:
            return self.document.series(partner, category if partner.is_per_category else None)
        except DocumentError as error:
            self.note(f'The index "{data_name(partner)}" cannot be read: {error}')
            return None


def data_name(data: MetricsData) -> str:
    """The name of a data, safe to show."""
    return clean(data.name, NAME_LIMIT) or "(no name)"


def legend_name(
    names: tuple[str, ...], position: int, data: MetricsData, category: str | None
) -> str:
    """The name of a series: from the legend, else the data's; with its category."""
    name = (
        clean(names[position], NAME_LIMIT)
        if position < len(names) and names[position]
        else data_name(data)
    )
    if category is None:
        return name
    return f"{name} · {clean(category, NAME_LIMIT)}"
