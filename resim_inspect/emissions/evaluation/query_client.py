"""Queries over tables in a process that is limited, and started again if it had to be killed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property

from resim_inspect.emissions.evaluation.budget import Budget
from resim_inspect.emissions.evaluation.columns import Table, pack, unpack
from resim_inspect.emissions.evaluation.errors import EvaluationError, Position, SqlError
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, Limits
from resim_inspect.emissions.evaluation.processes.child_process import (
    CancelledEvaluationError,
    ChildEndedError,
    ChildProcess,
    ChildTimeoutError,
)
from resim_inspect.emissions.evaluation.translation import Translation
from resim_inspect.text import number, size

_MODULE = "resim_inspect.emissions.evaluation.processes.query_process"
_LOADING_SHARE = 4
"""Memory that a table takes while it is loaded, in multiples of its bytes."""


class SqlTable:
    """A table with the SQL type of each column."""

    def __init__(self, table: Table, types: list[str]) -> None:
        self.table = table
        self.types = types
        self.header, self.buffers = pack(table)

    @property
    def size(self) -> int:
        """Bytes of its columns."""
        return sum(memoryview(buffer).nbytes for buffer in self.buffers)

    @cached_property
    def fingerprint(self) -> bytes:
        """A digest of its columns, their types and all values."""
        digest = hashlib.blake2b(json.dumps([self.header, self.types]).encode(), digest_size=16)
        for buffer in self.buffers:
            view = memoryview(buffer)
            digest.update(view.nbytes.to_bytes(8, "little"))
            digest.update(view)
        return digest.digest()


class QueryClient:
    """A database of some tables; close it after use.

    A query that takes too long or too much memory ends its process; the next one gets a new
    process with the same tables.
    """

    def __init__(
        self,
        tables: Mapping[str, SqlTable],
        limits: Limits = DEFAULT_LIMITS,
        budget: Budget | None = None,
    ) -> None:
        """Limit queries; without a budget only each single one is limited."""
        self._tables = tables
        self._limits = limits
        self._budget = Budget() if budget is None else budget
        self._process: ChildProcess | None = None

    def run(self, translation: Translation, original: str) -> Table:
        """Run a translated query; `original` is the text that positions refer to.

        Raises SqlError for what concerns this query only, EvaluationError if no process can
        be started, and CancelledEvaluationError or NotEvaluatedError by the budget.
        """
        limits = self._limits
        request = {
            "kind": "query",
            "sql": translation.sql,
            "rows": limits.result_rows,
            "bytes": limits.result_bytes,
        }
        try:
            process = self._started()
            seconds_left = self._budget.seconds(limits.query_seconds)
            frame = process.ask(request, seconds=seconds_left, most=2 * limits.result_bytes)
        except CancelledEvaluationError:
            self._process = None
            self._budget.check()
            raise
        except ChildTimeoutError as error:
            self._process = None
            self._budget.check()
            seconds = number(limits.query_seconds)
            raise SqlError(
                f"The query was stopped after {seconds} s.", is_transient=True
            ) from error
        except ChildEndedError as error:
            self._process = None
            raise self._memory_fault() from error
        problem = frame.header.get("error")
        if problem is None:
            return unpack(frame)
        if problem == "memory":
            # What it has allocated may be in pieces: the next query gets a fresh process.
            self.close()
            raise self._memory_fault()
        if problem == "rows":
            raise SqlError(
                f"The result has {frame.header['rows']:,} rows; at most {limits.result_rows:,} "
                "are taken."
            )
        if problem == "bytes":
            raise SqlError(
                f"The result is larger than {size(limits.result_bytes)}, which is the most that "
                "is taken."
            )
        raise sql_fault(str(frame.header.get("message")), original)

    def _memory_fault(self) -> SqlError:
        most = size(self._limits.memory_bytes)
        return SqlError(
            f"The query was stopped: it needs more than {most} of memory.", is_transient=True
        )

    def _started(self) -> ChildProcess:
        if self._process is not None:
            return self._process
        limits = self._limits
        loaded = sum(table.size for table in self._tables.values())
        process = ChildProcess(
            _MODULE, limits.memory_bytes + _LOADING_SHARE * loaded, self._budget.is_interrupted
        )
        lock = {"kind": "lock", "memory_bytes": limits.memory_bytes + 2 * loaded}
        try:
            for name, table in self._tables.items():
                header = table.header | {"kind": "table", "table": name, "types": table.types}
                self._load(process, header, table.buffers)
            self._load(process, lock, [])
        except (ChildTimeoutError, ChildEndedError) as error:
            raise EvaluationError(
                "The tables of the emissions cannot be loaded: the process that evaluates them "
                "ended or takes too long."
            ) from error
        except BaseException:
            process.close()
            raise
        self._process = process
        return process

    def _load(
        self, process: ChildProcess, header: dict[str, object], buffers: list[bytes | memoryview]
    ) -> None:
        frame = process.ask(header, buffers, seconds=self._limits.load_seconds, most=0)
        if "error" in frame.header:
            reason = frame.header.get("message") or "they need too much memory"
            first = str(reason).partition("\n")[0]
            raise EvaluationError(f"The tables of the emissions cannot be loaded: {first}.")

    def close(self) -> None:
        """End the process, if one runs."""
        if self._process is not None:
            self._process.close()
            self._process = None


_KIND = re.compile(r"^([A-Z][A-Za-z ]*) Error: ")
_QUOTED = re.compile(r"""["`']([^"`']+)["`']|name (\S+) does""")


def sql_fault(message: str, original: str) -> SqlError:
    """Convert an error of DuckDB, and find the name that it mentions in the original text."""
    first = message.strip().partition("\n")[0]
    kind = _KIND.match(first)
    text = first[kind.end() :] if kind else first
    text = text.rstrip("!. ") or "DuckDB gave no reason"
    for hint in message.splitlines()[1:]:
        if hint.startswith("Did you mean "):
            similar = hint.removeprefix("Did you mean ").rstrip("?!. ")
            text += f"; {similar} has a similar name"
            break
        if hint.startswith("Candidate bindings"):
            text += f". {hint.rstrip('!. ')}"
            break
    if kind and kind[1] in ("Permission", "IO"):
        text = f"A query can read the tables of the emissions only, no file: {text}"
    return SqlError(f"{text}.", _position(first, original))


def _position(message: str, original: str) -> Position | None:
    for match in _QUOTED.finditer(message):
        name = (match[1] or match[2]).strip("!.,")
        word_match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", original, re.IGNORECASE)
        if word_match is not None:
            before = original[: word_match.start()]
            return Position(before.count("\n") + 1, word_match.start() - before.rfind("\n"))
    return None
