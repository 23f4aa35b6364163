"""Bindings that apply at the same time, on which a key must not mean two things.

Each entry is a focus path: the tables of bindings of a widget that can have the focus, of what is
around it up to a dialog, and of the app. A test compares them with the focus paths of every screen.
"""

from __future__ import annotations

from resim_inspect.tui.keymap import KeyBinding
from resim_inspect.tui.keys.app import APP, FOCUS
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

Table = tuple[KeyBinding, ...]
FocusPath = tuple[Table, ...]

_RUNS_AND_QUERY = (RUN_HOST, LOG_HOST, QUERY_HOST)
_SCREEN = (EXPORT, FOCUS, APP)
_DOCUMENT = (DOCUMENT, *_RUNS_AND_QUERY, RAW_HOST, *_SCREEN)
_METRICS = (METRICS, SIDE, *_DOCUMENT)
_DATA = (DATA, SIDE, *_DOCUMENT)
_CARD = (BROWSE, CARD, EXPORT, QUERY_HOST, RAW_HOST, APP)
_WORKSPACE = (WORKSPACE, *_RUNS_AND_QUERY, COLUMN_HOST, *_SCREEN)
_JOBS = (ROWS, TABLE, JOBS, JOB_COLUMNS)
_FOLDER = (INPUTS, SIDE, RUN_HOST, FOCUS, APP)
_RUNS = (RUNS, RUN_HOST, LOG_HOST, FOCUS, APP)
_QUERY = (QUERY, *_SCREEN)
_COMPARISON = (COMPARISON, *_SCREEN)
_DASHBOARD = (DASHBOARD, EXPORT, APP)
_SEARCHED = (ROWS, PREVIEW, HITS)
_TEXT = (*_SEARCHED, JSON)

FOCUS_PATHS: tuple[FocusPath, ...] = (
    (ROWS, METRIC_LIST, *_METRICS),
    (CHART, *_METRICS),
    (FILTER, *_METRICS),
    (CHART, *_CARD),
    (ROWS, DATA_LIST, *_DATA),
    (ROWS, SERIES, *_DATA),
    (CHART, *_DATA),
    (FILTER, *_DATA),
    (ROWS, EVENTS, *_DOCUMENT),
    (FILTER, EVENTS, *_DOCUMENT),
    (ROWS, FINDINGS, *_DOCUMENT),
    (FILTER, FINDINGS, *_DOCUMENT),
    (*_TEXT, SIDE, *_DOCUMENT),
    (*_TEXT, *_FOLDER),
    (ROWS, RECORDS, SIDE, *_DOCUMENT),
    (ROWS, RECORDS, *_FOLDER),
    (PATH, OPEN, FOCUS, APP),
    (ROWS, OPEN, FOCUS, APP),
    (EVALUATING, APP),
    (*_JOBS, *_WORKSPACE),
    (FILTER, *_WORKSPACE),
    (*_JOBS, FETCH, *_WORKSPACE),
    (FILTER, FETCH, *_WORKSPACE),
    (*_SEARCHED, RUN_JOBS, *_RUNS),
    (*_SEARCHED, LOG, *_RUNS),
    (*_SEARCHED, LOG, LOG_SCREEN, APP),
    (ROWS, QUERY_RESULT, *_QUERY),
    (ROWS, PREVIEW, CHANGE_HITS, *_COMPARISON),
    (FILTER, *_COMPARISON),
    (ROWS, TABLE, COMPARED_BATCHES, *_COMPARISON),
    (FILTER, COMPARED_BATCHES, *_COMPARISON),
    (CHART, COLUMN_CHART, APP),
    (CARDS, RAW_HOST, *_DASHBOARD),
    (FILTER, RAW_HOST, *_DASHBOARD),
    (ROWS, RAW_TREE, RAW, APP),
    (CARDS, JOB_CARDS, *_DASHBOARD),
    (FILTER, JOB_CARDS, *_DASHBOARD),
    (ROWS, COLUMN_LIST, DIALOG),
    (ROWS, CHECKLIST, DIALOG),
    (QUICK_OPEN, DIALOG),
    (JUMP_SCREEN,),
    (ROWS, RUN_DIALOG, DIALOG),
    (RUN_FIELD, RUN_DIALOG, DIALOG),
    (ROWS, EXPORT_DIALOG, DIALOG),
    (ERROR_DIALOG, DIALOG),
    (TOKEN_DIALOG, DIALOG),
)

TEXT_FIELDS: tuple[Table, ...] = (
    *(FILTER, PATH, RUN_FIELD, QUICK_OPEN),
    TOKEN_DIALOG,
)
"""Bindings of text fields: a key of theirs that types a character would type it, or swallow it."""
ALSO_IN_FIELDS: tuple[Table, ...] = (DIALOG,)
"""Bindings that are needed in text fields too: one of their keys must type no character."""
