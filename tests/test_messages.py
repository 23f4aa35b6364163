"""Messages of errors and notifications: sentences with a subject and a verb, in one form a class.

How an error is shown decides its form. `DocumentError` puts its subject before the text, a command
its program's name, and the app shows the text alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import pytest

import resim_inspect
import runner


class Form(Enum):
    """Form of a message: what it begins with and ends in; `{}` stands for a value in it."""

    SENTENCE = r"[A-Z0-9\"“{`-].*[.?}]"
    """Stands alone: `The file is empty.`"""
    AFTER_PROGRAM = r"(?:[a-z0-9\"“{`-]|Slurm ).*[.?}]"
    """Stands behind the name of the program, before a hint: `the file is empty.`"""
    CLAUSE = r"[a-z0-9\"“{`-].*[^.]"
    """Stands behind the name of the program, alone: `the file is empty`"""
    PREDICATE = r"[a-z{].*[^.]"
    """Stands behind its subject: `is empty`"""


SENTENCES = (
    *("BrokenFrameError", "EvaluationError", "ExportError", "FileChangedError", "MissingError"),
    *("NotEvaluatedError", "NothingToBrowseError", "RecordingError", "RenderError", "SqlError"),
)
AFTER_PROGRAM = (
    *("BadAnswerError", "CallError", "ClaimError", "ConfigError", "EngineError", "ExecutorError"),
    *("FetchError", "ImageError", "InputsError", "KeyNameError", "LimitError", "NoTokenError"),
    *("NotFoundError", "OutputsError", "PartFaultError", "RefusedError", "RefusedEntryError"),
    *("RunError", "RunnerError", "SettingsError", "StorageError", "TokenError", "UnreachableError"),
    *("UnsafeError", "WorkerError", "WorkspaceError", "MismatchError", "ContractError", "ApiError"),
)
CLAUSES = (
    *("AddressError", "ArgumentTypeError", "CommandError", "GraphicsError", "QueryError"),
    *("ReadCancelledError", "SearchError", "ServeError", "ShellFileError", "SlurmCallError"),
    *("ToleranceError", "_DamageError", "_FaultError"),
)
PREDICATES = (
    *("ChangedError", "DocumentError", "EmptyFileError", "MalformedError", "SeriesError"),
    *("TooLargeError", "TruncatedError", "UnreadableError", "RetryableError"),
    "SqlQueryError",
)
FORMS = {
    **dict.fromkeys(SENTENCES, Form.SENTENCE),
    **dict.fromkeys(AFTER_PROGRAM, Form.AFTER_PROGRAM),
    **dict.fromkeys(CLAUSES, Form.CLAUSE),
    **dict.fromkeys(PREDICATES, Form.PREDICATE),
}
OF_PYTHON = {
    "AssertionError",
    "AttributeError",
    "OSError",
    "TypeError",
    "ValueError",
    "RuntimeError",
    "KeyError",
}
"""Errors of Python, whose texts are quoted by the error that a user sees."""
AUXILIARIES = "is are was were has have had can cannot could do does did must may need needs would"
OTHER_VERBS = """
accepts add answer answers asks begins breaks broke causes changed choose closed connected contain
contains copy correct drop ended ends exist exists expects expired failed fails gives goes got holds
ignores install keeps leave leaves match matches move moves names needed opens points printed prints
put reads redirects refused refuses remove removed replace report reports restores returned returns
run runs select send sends set shorten shows stalls stands started stopped take takes use uses wait
write writes
"""
"""Verbs in use, and their neighbours. A message that has none of them makes the test fail: add the
verb if it has one, else write a sentence."""
VERBS = re.compile(rf"\b(?:{'|'.join(AUXILIARIES.split() + OTHER_VERBS.split())})\b", re.IGNORECASE)
MAKERS = {"_error": Form.AFTER_PROGRAM, "Refusal": Form.CLAUSE, "notify": Form.SENTENCE}
"""Calls that make or show a message without the name of an error's class."""


class Raised(NamedTuple):
    """A message that a module makes an error of, or shows as a notification."""

    place: str
    kind: str
    text: str


def messages() -> Iterator[Raised]:
    """The messages of all errors and notifications of both programs, with `{}` for values."""
    for package in (resim_inspect, runner):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            place = path.relative_to(root.parent).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    kind = ast.unparse(node.func).rpartition(".")[2]
                    text = text_of(node.args[0])
                    is_error = kind.endswith("Error") and kind not in OF_PYTHON
                    if (is_error or kind in MAKERS) and " " in text:
                        yield Raised(f"{place}:{node.lineno}", kind, text)


def text_of(node: ast.expr) -> str:
    """Text of an expression, with `{}` for each value in it; empty for one without a text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or "{}" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            both = text_of(left), text_of(right)
            return "".join(each or "{}" for each in both) if any(both) else ""
        case _:
            return ""


def faults(raised: Raised) -> str:
    """Return the fault in the form of a message; empty without one."""
    form = FORMS.get(raised.kind) or MAKERS.get(raised.kind)
    if form is None:
        return "the class has no form in this module"
    if not re.fullmatch(form.value, raised.text, re.DOTALL):
        return f"it does not have the form {form.name}"
    # Of values and a few words, the verb is in one of the values.
    has_value = "{}" in raised.text and len(re.findall(r"[a-z]+", raised.text)) < 4
    if not has_value and not VERBS.search(raised.text):
        return "it has no verb"
    return ""


def test_messages_of_errors_are_sentences_in_the_form_of_their_class() -> None:
    found = list(messages())
    assert len(found) > 400
    wrong = [f"{each.place} {faults(each)}: {each.text}" for each in found if faults(each)]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("CommandError", "The path is missing"),
        ("CommandError", "the path is missing."),
        ("CallError", "the path is missing"),
        ("CallError", "no path"),
        ("SqlError", "the query is empty."),
        ("TruncatedError", "The file is cut short"),
        ("NewError", "the path is missing"),
        ("CommandError", "the paths of all files and folders"),
        ("notify", "Nothing for these keys."),
        ("notify", "this chart has no axis."),
        ("_error", "the value {} cannot be read"),
        ("Refusal", "The path does not exist."),
    ],
)
def test_another_form_is_found(kind: str, text: str) -> None:
    assert faults(Raised("resim_inspect/x.py:1", kind, text))
