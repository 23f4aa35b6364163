"""The saved view of a document or workspace: a frozen value, and its form in JSON.

The JSON comes from a file that may be damaged or hostile: each field of a wrong type or size has
its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from resim_inspect.charts.model.drawing import TimeMode
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.dashboard.linking import LinkedView, OwnCursor, OwnWindow, SharedCursor
from resim_inspect.tui.dashboard.state import DashboardState, state_from_json
from resim_inspect.tui.session_state.json_values import (
    flag,
    integer,
    is_finite,
    members,
    number_range,
    text,
    texts,
)
from resim_inspect.tui.widgets.chart.chart_state import ChartState
from resim_inspect.tui.workspace.column_layout import ColumnLayout

PaneName = Literal["metrics", "data", "events", "findings", "inputs"]
PANE_NAMES: tuple[str, ...] = get_args(PaneName)
ScreenKind = Literal["dashboard", "card", "raw", "column chart"]
NO_ZOOM, FIRST_COLUMNS, FIRST_DASHBOARD = ChartState(), ColumnLayout(), DashboardState()
NOT_LINKED = LinkedView()
MAX_ABOVE, MAX_STEPS = 4, 200
"""Most screens above, and most steps to a field, that are kept."""
MAX_WINDOWS = 100
"""Most zoomed cards of a dashboard that are kept."""
MAX_FOLDED = 200
"""Most folded groups that are kept for a grouping."""


@dataclass(frozen=True)
class SavedItem:
    """A metric, data or event: found again by name, of several of the name by its id."""

    name: str
    id: str = ""
    position: int = 0


@dataclass(frozen=True)
class SavedPane:
    """The view of one pane of a document."""

    query: str = ""
    """The filter as typed."""
    item: SavedItem | None = None
    """The item under the cursor; None for the first one."""
    grouping: str = ""
    """Value of the grouping; empty for the user's default."""
    folded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Labels of folded groups by the value of their grouping."""
    side_width: int | None = None
    """Columns of the list; None for the usual ones."""
    is_side_hidden: bool = False
    maximised: str = ""
    """Selector of the box that fills the screen; empty for none."""
    is_chart: bool = False
    """True if data are shown as a chart, False for the table."""
    time: TimeMode | None = None
    """Format of times in the chart; None for the user's default."""
    chart: ChartState = NO_ZOOM
    unfolded: tuple[str, ...] | None = None
    """Unfolded folders, relative to the inputs; None for the first ones."""


@dataclass(frozen=True)
class SavedTable:
    """The view of a table of jobs: of a workspace, a run or compared batches; or of changes."""

    layout: ColumnLayout = FIRST_COLUMNS
    job: str = ""
    """Name of the job under the cursor; empty for the first one."""
    column: str = ""
    """Key of the selected column; empty for the first one."""
    query: str = ""
    only_failing: bool = False
    maximised: str = ""
    """Selector of the box that fills the screen; empty for none."""
    direction: str = ""
    """Single direction that a comparison shows; empty for all."""
    item: SavedItem | None = None
    """Change under the cursor of a comparison; None for the first one."""


@dataclass(frozen=True)
class SavedScreen:
    """A screen above that of a document or workspace."""

    kind: ScreenKind
    item: SavedItem | None = None
    """The metric of a card, or that of the chosen card; of jobs, the job by its name alone."""
    steps: tuple[tuple[int, int], ...] = ()
    """Path of the field under the cursor among raw bytes."""
    is_histogram: bool = False
    """True if the chart of a column counts jobs."""
    linked: LinkedView = NOT_LINKED
    """Cursor and zoom of a dashboard."""


@dataclass(frozen=True)
class SavedSession:
    """The view of an opened path."""

    pane: str = "metrics"
    """The pane in view."""
    panes: tuple[tuple[str, SavedPane], ...] = ()
    """The panes that have been opened, by name."""
    table: SavedTable | None = None
    dashboard: DashboardState = FIRST_DASHBOARD
    above: tuple[SavedScreen, ...] = ()
    """The screens above, the lowest first."""

    def view_of(self, pane: str) -> SavedPane:
        """The view of a pane; the default one if nothing is known of it."""
        return dict(self.panes).get(pane, SavedPane())

    def to_json(self) -> dict[str, Any]:
        """The view as JSON holds it."""
        table = self.table
        return {
            "pane": self.pane,
            "panes": {name: asdict(pane) for name, pane in self.panes},
            "table": None
            if table is None
            else {
                "layout": table.layout.as_json(),
                "job": table.job,
                "column": table.column,
                "query": table.query,
                "only_failing": table.only_failing,
                "maximised": table.maximised,
                "direction": table.direction,
                "item": None if table.item is None else asdict(table.item),
            },
            "dashboard": self.dashboard.to_json(),
            "above": [_screen_json(screen) for screen in self.above],
        }


def session_from_json(values: object) -> SavedSession:
    """A view from parsed JSON."""
    fields = members(values)
    pane = text(fields.get("pane"))
    panes = members(fields.get("panes"))
    table = fields.get("table")
    return SavedSession(
        pane if pane in PANE_NAMES else "metrics",
        tuple((name, _pane(panes[name])) for name in PANE_NAMES if name in panes),
        _table(table) if isinstance(table, Mapping) else None,
        state_from_json(fields.get("dashboard")),
        _above(fields.get("above")),
    )


def _above(value: object) -> tuple[SavedScreen, ...]:
    """The screens of an array, up to the first one that is not what this app writes."""
    screens: list[SavedScreen] = []
    for values in value[:MAX_ABOVE] if isinstance(value, list) else ():
        fields = members(values)
        kind = next((kind for kind in get_args(ScreenKind) if kind == fields.get("kind")), None)
        if kind is None:
            break
        screens.append(
            SavedScreen(
                kind,
                _item(fields.get("item")),
                _steps(fields.get("steps")),
                flag(fields.get("is_histogram")),
                _linked(fields.get("linked")),
            )
        )
    return tuple(screens)


def _screen_json(screen: SavedScreen) -> dict[str, Any]:
    cursor, shared, own = screen.linked
    linked = {
        "cursor": None if cursor is None else [isinstance(cursor, SharedCursor), *cursor],
        "shared": [list(pair) for pair in shared[:MAX_WINDOWS]],
        "own": [[key, *window] for key, window in own[:MAX_WINDOWS]],
    }
    return asdict(screen) | {"linked": linked}


def _linked(values: object) -> LinkedView:
    """Cursor and zoom; what is not what this app writes is left out."""
    fields = members(values)
    cursor: SharedCursor | OwnCursor | None = None
    match fields.get("cursor"):
        case [bool() as is_shared, str() as name, (int() | float()) as at] if is_finite(at):
            cursor = SharedCursor(name, at) if is_shared else OwnCursor(name, at)
    shared = [
        (pair[0], window)
        for pair in _arrays(fields.get("shared"), 2)
        if isinstance(pair[0], str) and (window := number_range(pair[1]))
    ]
    own = [
        (key, OwnWindow(clock, number_range(window)))
        for key, clock, window in _arrays(fields.get("own"), 3)
        if isinstance(key, str) and isinstance(clock, str)
    ]
    return LinkedView(cursor, tuple(shared), tuple(own))


def _arrays(value: object, length: int) -> list[list[Any]]:
    """The arrays of a length in an array."""
    arrays = value[:MAX_WINDOWS] if isinstance(value, list) else ()
    return [each for each in arrays if isinstance(each, list) and len(each) == length]


def _steps(value: object) -> tuple[tuple[int, int], ...]:
    """The steps of an array, up to the first one that is not a pair of whole numbers."""
    steps: list[tuple[int, int]] = []
    for pair in value[:MAX_STEPS] if isinstance(value, list) else ():
        numbers = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        number, index = (integer(each, -1, 2**40) for each in numbers)
        if number is None or index is None:
            break
        steps.append((number, index))
    return tuple(steps)


def _pane(values: object) -> SavedPane:
    fields = members(values)
    time = fields.get("time")
    groups = fields.get("folded")
    pairs = [each for each in groups if isinstance(each, list)] if isinstance(groups, list) else []
    return SavedPane(
        query=text(fields.get("query"), printable=True),
        item=_item(fields.get("item")),
        grouping=text(fields.get("grouping")),
        folded=tuple(
            (pair[0], texts(pair[1], MAX_FOLDED))
            for pair in pairs
            if len(pair) == 2 and pair[0] in list(Grouping)
        )[: len(Grouping)],
        side_width=integer(fields.get("side_width"), 1, 1_000),
        is_side_hidden=flag(fields.get("is_side_hidden")),
        maximised=text(fields.get("maximised")),
        is_chart=flag(fields.get("is_chart")),
        time=_time(time),
        chart=_chart(fields.get("chart")),
        unfolded=_unfolded(fields.get("unfolded")),
    )


def _unfolded(value: object) -> tuple[str, ...] | None:
    return texts(value, MAX_FOLDED) if isinstance(value, list) else None


def _time(value: object) -> TimeMode | None:
    modes: tuple[TimeMode, ...] = get_args(TimeMode)
    return next((mode for mode in modes if mode == value), None)


def _item(values: object) -> SavedItem | None:
    fields = members(values)
    if not isinstance(fields.get("name"), str):
        return None
    position = integer(fields.get("position"), 0, 2**40)
    return SavedItem(text(fields["name"]), text(fields.get("id")), position or 0)


def _chart(values: object) -> ChartState:
    fields = members(values)
    return ChartState(
        number_range(fields.get("window")),
        number_range(fields.get("y_window")),
        flag(fields.get("fit_y")),
        flag(fields.get("log_y")),
        integer(fields.get("base"), -(2**63), 2**63) or 0,
    )


def _table(values: object) -> SavedTable:
    fields = members(values)
    return SavedTable(
        ColumnLayout.from_json(fields.get("layout")),
        text(fields.get("job")),
        text(fields.get("column")),
        text(fields.get("query"), printable=True),
        flag(fields.get("only_failing")),
        text(fields.get("maximised")),
        text(fields.get("direction")),
        _item(fields.get("item")),
    )
