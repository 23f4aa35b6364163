"""Parquet files by DuckDB: the only module of the export that imports it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

from resim_inspect.export.arrow_stream import ArrowStream
from resim_inspect.export.blocks import Block
from resim_inspect.export.errors import ExportError, MissingExtraError
from resim_inspect.export.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "320MB"
"""Limit of DuckDB, which takes half of it here; close to it, it frees memory all the time."""
MAX_THREADS = 4
"""Threads that encode row groups; each holds one."""
_VIEW = "exported_rows"


class ParquetFiles:
    """Writer and reader of Parquet files; close it after use.

    Raises MissingExtraError if DuckDB is not installed.
    """

    suffix = ".parquet"

    def __init__(self) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise MissingExtraError("Parquet") from error
        self._errors = (duckdb.Error, RuntimeError)
        self._connection: DuckDBPyConnection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": min(os.cpu_count() or 1, MAX_THREADS),
                # Nothing is downloaded, and no variable of Python is a table.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )

    def write(
        self, path: Path, table: Table, blocks: Iterator[Block], metadata: Mapping[str, str]
    ) -> None:
        """Write the blocks of a table, with `metadata` as the file's key-value pairs.

        Raises what the blocks raise, OSError if the file cannot be written, and ExportError for
        any other failure of DuckDB.
        """
        stream = ArrowStream(table, blocks)
        pairs = ", ".join(f"{_text(key)}: {_text(value)}" for key, value in metadata.items())
        self._connection.register(_VIEW, stream)
        try:
            with self._interruptible():
                self._connection.execute(
                    f"COPY (SELECT * FROM {_VIEW}) TO {_text(str(path))} "
                    f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}})"
                ).fetchall()
        except self._errors as error:
            if stream.error is None:
                raise _failure(path, error) from error
        finally:
            self._connection.unregister(_VIEW)
        if stream.error is not None:
            raise stream.error

    def count(self, path: Path, table: Table) -> tuple[int, Sequence[int]]:
        """Read a whole file back: its number of rows, and of values in each column.

        Raises ExportError if DuckDB cannot read it.
        """
        counts = ", ".join(f"count({_name(name)})" for name in table.names)
        source = f"read_parquet({_text(_literal(path))}, hive_partitioning = false)"
        try:
            with self._interruptible():
                (row_count,) = self._connection.execute(
                    f"SELECT count(*), {counts} FROM {source}"
                ).fetchall()
        except self._errors as error:
            raise _failure(path, error) from error
        return row_count[0], row_count[1:]

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C end a query, and raise KeyboardInterrupt behind it.

        Raised within a function that DuckDB calls, it would be lost or end the process.
        """
        usual = signal.getsignal(signal.SIGINT)
        if current_thread() is not main_thread() or usual in (None, signal.SIG_IGN):
            yield
            return
        interrupted = False

        def interrupt(*_: object) -> None:
            nonlocal interrupted
            interrupted = True
            self._connection.interrupt()

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)
            if interrupted:
                raise KeyboardInterrupt

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def _failure(path: Path, error: Exception) -> Exception:
    first = str(error).partition("\n")[0]
    if "No space left" in first or "Disk quota" in first:
        return OSError(28, "No space left on device", str(path))
    return ExportError(f"{path} cannot be written as Parquet: {first}")


def _text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _literal(path: Path) -> str:
    """A path without patterns: DuckDB takes `*`, `?` and `[` in a path for ones."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path))
