"""Bindings that apply at the same time, on which a key must not mean two things.

Each entry is a focus path: the tables of bindings of a widget that can have the focus, of what is
around it up to a dialog, and of the app. A test compares them with the focus paths of every screen.
"""

from __future__ import annotations

from resim_inspect.tui import keymap
from resim_inspect.tui.keymap import KeyBinding
from resim_inspect.tui.keys.columns import COLUMN_CHART, COLUMN_HOST, COLUMN_LIST, JOB_COLUMNS
from resim_inspect.tui.keys.dashboard import CARDS, DASHBOARD, JOB_CARDS
from resim_inspect.tui.keys.jump import JUMP_SCREEN
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

Table = tuple[KeyBinding, ...]
FocusPath = tuple[Table, ...]

_RUNS_AND_QUERY = (RUN_HOST, LOG_HOST, keymap.QUERY_HOST)
_SCREEN = (keymap.EXPORT, keymap.FOCUS, keymap.APP)
_DOCUMENT = (keymap.DOCUMENT, *_RUNS_AND_QUERY, RAW_HOST, *_SCREEN)
_METRICS = (keymap.METRICS, keymap.SIDE, *_DOCUMENT)
_DATA = (keymap.DATA, keymap.SIDE, *_DOCUMENT)
_CARD = (keymap.BROWSE, keymap.CARD, keymap.EXPORT, keymap.QUERY_HOST, RAW_HOST, keymap.APP)
_WORKSPACE = (keymap.WORKSPACE, *_RUNS_AND_QUERY, COLUMN_HOST, *_SCREEN)
_JOBS = (keymap.ROWS, keymap.TABLE, keymap.JOBS, JOB_COLUMNS)
_FOLDER = (keymap.INPUTS, keymap.SIDE, RUN_HOST, keymap.FOCUS, keymap.APP)
_RUNS = (RUNS, RUN_HOST, LOG_HOST, keymap.FOCUS, keymap.APP)
_QUERY = (keymap.QUERY, *_SCREEN)
_COMPARISON = (keymap.COMPARISON, *_SCREEN)
_DASHBOARD = (DASHBOARD, keymap.EXPORT, keymap.APP)
_SEARCHED = (keymap.ROWS, PREVIEW, HITS)
_TEXT = (*_SEARCHED, keymap.JSON)

FOCUS_PATHS: tuple[FocusPath, ...] = (
    (keymap.ROWS, keymap.METRIC_LIST, *_METRICS),
    (keymap.CHART, *_METRICS),
    (keymap.FILTER, *_METRICS),
    (keymap.CHART, *_CARD),
    (keymap.ROWS, keymap.DATA_LIST, *_DATA),
    (keymap.ROWS, keymap.SERIES, *_DATA),
    (keymap.CHART, *_DATA),
    (keymap.FILTER, *_DATA),
    (keymap.ROWS, keymap.EVENTS, *_DOCUMENT),
    (keymap.FILTER, keymap.EVENTS, *_DOCUMENT),
    (keymap.ROWS, keymap.FINDINGS, *_DOCUMENT),
    (keymap.FILTER, keymap.FINDINGS, *_DOCUMENT),
    (*_TEXT, keymap.SIDE, *_DOCUMENT),
    (*_TEXT, *_FOLDER),
    (keymap.ROWS, RECORDS, keymap.SIDE, *_DOCUMENT),
    (keymap.ROWS, RECORDS, *_FOLDER),
    (keymap.PATH, keymap.OPEN, keymap.FOCUS, keymap.APP),
    (keymap.ROWS, keymap.OPEN, keymap.FOCUS, keymap.APP),
    (keymap.EVALUATING, keymap.APP),
    (*_JOBS, *_WORKSPACE),
    (keymap.FILTER, *_WORKSPACE),
    (*_JOBS, keymap.FETCH, *_WORKSPACE),
    (keymap.FILTER, keymap.FETCH, *_WORKSPACE),
    (*_SEARCHED, RUN_JOBS, *_RUNS),
    (*_SEARCHED, LOG, *_RUNS),
    (*_SEARCHED, LOG, LOG_SCREEN, keymap.APP),
    (keymap.ROWS, keymap.QUERY_RESULT, *_QUERY),
    (keymap.ROWS, PREVIEW, CHANGE_HITS, *_COMPARISON),
    (keymap.FILTER, *_COMPARISON),
    (keymap.ROWS, keymap.TABLE, keymap.COMPARED_BATCHES, *_COMPARISON),
    (keymap.FILTER, keymap.COMPARED_BATCHES, *_COMPARISON),
    (keymap.CHART, COLUMN_CHART, keymap.APP),
    (CARDS, RAW_HOST, *_DASHBOARD),
    (keymap.FILTER, RAW_HOST, *_DASHBOARD),
    (keymap.ROWS, RAW_TREE, RAW, keymap.APP),
    (CARDS, JOB_CARDS, *_DASHBOARD),
    (keymap.FILTER, JOB_CARDS, *_DASHBOARD),
    (keymap.ROWS, COLUMN_LIST, keymap.DIALOG),
    (keymap.ROWS, keymap.CHECKLIST, keymap.DIALOG),
    (keymap.QUICK_OPEN, keymap.DIALOG),
    (JUMP_SCREEN,),
    (keymap.ROWS, RUN_DIALOG, keymap.DIALOG),
    (RUN_FIELD, RUN_DIALOG, keymap.DIALOG),
    (keymap.ROWS, keymap.EXPORT_DIALOG, keymap.DIALOG),
    (keymap.ERROR_DIALOG, keymap.DIALOG),
    (keymap.TOKEN_DIALOG, keymap.DIALOG),
)

TEXT_FIELDS: tuple[Table, ...] = (
    *(keymap.FILTER, keymap.PATH, RUN_FIELD, keymap.QUICK_OPEN),
    keymap.TOKEN_DIALOG,
)
"""Bindings of text fields: a key of theirs that types a character would type it, or swallow it."""
ALSO_IN_FIELDS: tuple[Table, ...] = (keymap.DIALOG,)
"""Bindings that are needed in text fields too: one of their keys must type no character."""
