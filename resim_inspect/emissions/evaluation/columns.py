"""Columns of tables and of results as numpy arrays, and as messages of a child process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.evaluation.frames import Frame

NUMBERS = {"int": "<i8", "float": "<f8", "bool": "?", "time": "<i8"}
"""Type of the values of each kind of column; `time` is in ns. All others are codes of texts."""
CODES = "<i4"
_STRING_BYTES = 57
"""Memory of an empty string in a list."""


@dataclass(frozen=True, slots=True)
class Column:
    """A named column of one kind: `int`, `float`, `bool`, `time`, `text` or `json`.

    The values of `text` and `json` are positions in `texts`; those of `json` are JSON texts.
    """

    name: str
    kind: str
    values: NDArray[Any]
    nulls: NDArray[np.bool_] | None = None
    """True for rows without a value; None if all rows have one."""
    texts: Sequence[str] = ()
    unfit: int = 0
    """Number of times that 64 bits of ns cannot hold, which have no value."""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_number(self) -> bool:
        """True for integers, floats and booleans."""
        return self.kind in ("int", "float", "bool")

    @property
    def null_count(self) -> int:
        """Number of rows without a value."""
        return 0 if self.nulls is None else int(self.nulls.sum())

    def python(self) -> list[Any]:
        """All values as Python's; None without a value, and decoded JSON."""
        if self.kind in NUMBERS:
            values: list[Any] = self.values.tolist()
        else:
            texts = self.texts if self.kind == "text" else [json.loads(text) for text in self.texts]
            values = [texts[code] for code in self.values.tolist()] if len(texts) else []
            values = values or [None] * len(self.values)
        if self.nulls is None:
            return values
        return [None if null else value for value, null in zip(values, self.nulls, strict=True)]

    def doubles(self) -> NDArray[np.float64]:
        """The values as floats, NaN without one. For numbers and times only."""
        import numpy as np

        values = self.values.astype(np.float64)
        if self.nulls is not None:
            values[self.nulls] = np.nan
        return values


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or the result of a query: columns of equal length."""

    columns: tuple[Column, ...]
    rows: int

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]

    @property
    def notes(self) -> list[str]:
        """Sentences about values that the table cannot hold."""
        from resim_inspect.text import clean, count

        return [
            f"The column “{clean(column.name, 60)}” has {count(column.unfit, 'time')} before "
            f"1677-09-21 or after 2262-04-11, which {'is' if column.unfit == 1 else 'are'} "
            "taken as NULL."
            for column in self.columns
            if column.unfit
        ]

    @property
    def size(self) -> int:
        """Memory of the table in bytes, about."""
        return sum(
            column.values.nbytes
            + (0 if column.nulls is None else column.nulls.nbytes)
            + sum(_STRING_BYTES + len(text) for text in column.texts)
            for column in self.columns
        )


def valid_text(text: str) -> str:
    """Text that UTF-8 can hold: half a surrogate pair, which JSON can write, becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def text_column(name: str, values: Iterable[str | None], kind: str = "text") -> Column:
    """Make a column of texts, each different text kept once."""
    import numpy as np

    code_of: dict[str | None, int] = {None: 0}
    codes = np.fromiter((code_of.setdefault(v, len(code_of)) for v in values), np.int32)
    nulls = codes == 0
    texts = [valid_text(text) for text in code_of if text is not None]
    return Column(name, kind, np.maximum(codes - 1, 0), nulls if nulls.any() else None, texts)


def constant(name: str, value: str | int | None, rows: int) -> Column:
    """Make a column of one text or integer for all rows; NULL for None."""
    import numpy as np

    if isinstance(value, int):
        return Column(name, "int", np.full(rows, value, np.int64))
    nulls = np.ones(rows, np.bool_) if value is None else None
    return Column(name, "text", np.zeros(rows, np.int32), nulls, () if value is None else (value,))


def pack(table: Table) -> tuple[dict[str, Any], list[bytes | memoryview]]:
    """Convert a table to a message's header and buffers."""
    import numpy as np

    buffers: list[bytes | memoryview] = []
    columns = []
    for column in table.columns:
        type_ = NUMBERS.get(column.kind, CODES)
        entry: dict[str, Any] = {"name": column.name, "kind": column.kind}
        buffers.append(_bytes(column.values.astype(type_, copy=False)))
        if column.unfit:
            entry["unfit"] = column.unfit
        if column.nulls is not None:
            entry["nulls"] = True
            buffers.append(_bytes(column.nulls.astype(np.bool_, copy=False)))
        if column.kind not in NUMBERS:
            buffers.append(json.dumps(list(column.texts)).encode("utf-8", "surrogatepass"))
        columns.append(entry)
    return {"rows": table.rows, "columns": columns}, buffers


def _bytes(values: NDArray[Any]) -> memoryview:
    import numpy as np

    return np.ascontiguousarray(values).data


def unpack(frame: Frame) -> Table:
    """Convert a message to a table. Raises ValueError, KeyError or IndexError for another one."""
    import numpy as np

    buffers = iter(frame.buffers)
    rows = int(frame.header["rows"])
    columns = []
    for entry in frame.header["columns"]:
        kind = str(entry["kind"])
        values = np.frombuffer(next(buffers), NUMBERS.get(kind, CODES))
        nulls = np.frombuffer(next(buffers), np.bool_) if entry.get("nulls") else None
        texts: Sequence[str] = () if kind in NUMBERS else json.loads(next(buffers))
        if len(values) != rows or (nulls is not None and len(nulls) != rows):
            raise ValueError("The columns of a message differ in length.")
        unfit = int(entry.get("unfit", 0))
        columns.append(Column(str(entry["name"]), kind, values, nulls, texts, unfit))
    return Table(tuple(columns), rows)
