"""All keys of the app in one table, from which help, the command palette and key hints are made.

The tables are in `keys/`, a module a feature. A widget takes its bindings from there
(`BINDINGS = [*CHART]`) and names the bindings that apply at the moment by id; the keys and words
that the last line shows for them come from the same entry. To change a key, change it there.
"""

from __future__ import annotations

from resim_inspect.tui.keys.app import APP, FOCUS
from resim_inspect.tui.keys.binding import GROUPS, Hint, KeyBinding
from resim_inspect.tui.keys.chart import BROWSE, CHART
from resim_inspect.tui.keys.columns import COLUMN_CHART, COLUMN_HOST, COLUMN_LIST, JOB_COLUMNS
from resim_inspect.tui.keys.comparison import COMPARED_BATCHES, COMPARISON
from resim_inspect.tui.keys.dashboard import CARDS, DASHBOARD, JOB_CARDS
from resim_inspect.tui.keys.dialogs import DIALOG, ERROR_DIALOG, TOKEN_DIALOG
from resim_inspect.tui.keys.document import (
    CARD,
    DATA,
    DATA_LIST,
    DOCUMENT,
    EVENTS,
    FINDINGS,
    INPUTS,
    JSON,
    METRIC_LIST,
    METRICS,
    SERIES,
)
from resim_inspect.tui.keys.exporting import EXPORT, EXPORT_DIALOG
from resim_inspect.tui.keys.jump import JUMP_SCREEN
from resim_inspect.tui.keys.lists import CHECKLIST, FILTER, QUICK_OPEN, ROWS, SIDE
from resim_inspect.tui.keys.opening import EVALUATING, OPEN, PATH
from resim_inspect.tui.keys.query import QUERY, QUERY_HOST, QUERY_RESULT
from resim_inspect.tui.keys.raw import RAW, RAW_HOST, RAW_TREE
from resim_inspect.tui.keys.records import RECORDS
from resim_inspect.tui.keys.runs import (
    LOG,
    LOG_HOST,
    LOG_SCREEN,
    RUN_DIALOG,
    RUN_FIELD,
    RUN_HOST,
    RUN_JOBS,
    RUNS,
)
from resim_inspect.tui.keys.searching import CHANGE_HITS, HITS, PREVIEW
from resim_inspect.tui.keys.workspace import FETCH, JOBS, TABLE, WORKSPACE

__all__ = ["BINDINGS", "GROUPS", "TABLES", "Hint", "KeyBinding"]


TABLES = (
    *(APP, FOCUS, ROWS, SIDE, CHART, BROWSE, METRIC_LIST, METRICS, CARD, DATA_LIST, DATA, SERIES),
    *(EVENTS, FINDINGS, DOCUMENT, PREVIEW, HITS, CHANGE_HITS, JSON, LOG, LOG_HOST, LOG_SCREEN),
    *(INPUTS, FILTER, OPEN, PATH, WORKSPACE),
    *(TABLE, JOBS, FETCH, COMPARISON, COMPARED_BATCHES, RUN_HOST, RUNS, RUN_JOBS, RUN_FIELD),
    *(RUN_DIALOG, EVALUATING, QUERY_HOST, QUERY, QUERY_RESULT, EXPORT, EXPORT_DIALOG, DIALOG),
    *(TOKEN_DIALOG, ERROR_DIALOG, CHECKLIST, QUICK_OPEN, CARDS, DASHBOARD, JOB_CARDS),
    *(COLUMN_HOST, JOB_COLUMNS, COLUMN_LIST, COLUMN_CHART, RAW_HOST, RAW_TREE, RAW, JUMP_SCREEN),
    RECORDS,
)
BINDINGS = {binding.id or "": binding for table in TABLES for binding in table}
"""All bindings by id."""
