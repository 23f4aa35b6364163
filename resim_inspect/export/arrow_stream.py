"""Blocks as a stream of the Arrow C data interface, for libraries that read it without copying.

An object with `__arrow_c_stream__` is what DuckDB, polars and pyarrow accept; the structures are
those of https://arrow.apache.org/docs/format/CDataInterface.html. Text columns are dictionaries,
times are `timestamp[ns, UTC]`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.export.blocks import BLOCK_ROWS, Block, Numbers, Texts, missing
from resim_inspect.export.tables import Kind, Table


class ArrowSchema(ctypes.Structure):
    """`struct ArrowSchema`."""


class ArrowArray(ctypes.Structure):
    """`struct ArrowArray`."""


class ArrowArrayStream(ctypes.Structure):
    """`struct ArrowArrayStream`."""


_ReleaseSchema = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowSchema))
_ReleaseArray = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArray))
_ReleaseStream = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArrayStream))
_GetSchema = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ArrowArrayStream), ctypes.POINTER(ArrowSchema)
)
_GetNext = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ArrowArrayStream), ctypes.POINTER(ArrowArray)
)
_GetLastError = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(ArrowArrayStream))

ArrowSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(ArrowSchema))),
    ("dictionary", ctypes.POINTER(ArrowSchema)),
    ("release", _ReleaseSchema),
    ("private_data", ctypes.c_void_p),
]
ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(ArrowArray))),
    ("dictionary", ctypes.POINTER(ArrowArray)),
    ("release", _ReleaseArray),
    ("private_data", ctypes.c_void_p),
]
ArrowArrayStream._fields_ = [
    ("get_schema", _GetSchema),
    ("get_next", _GetNext),
    ("get_last_error", _GetLastError),
    ("release", _ReleaseStream),
    ("private_data", ctypes.c_void_p),
]

_ZEROS = np.zeros(BLOCK_ROWS, np.int64)
"""Memory of columns without values and of codes that are all the same; never written to."""
_NULLABLE = 2
_EIO = 5
_FORMATS = {
    Kind.DOUBLE: b"g",
    Kind.INTEGER: b"l",
    Kind.TIME: b"tsn:UTC",
    Kind.BOOLEAN: b"b",
}
_handles = count(1)
_owned: dict[int, object] = {}
"""Python objects that a structure's memory belongs to, by its handle, until it is released."""


def _own(structure: ArrowSchema | ArrowArray, *owners: object) -> None:
    handle = next(_handles)
    structure.private_data = handle
    _owned[handle] = owners


def _release(structure: Any, null: Any) -> None:
    for number in range(structure.n_children):
        child = structure.children[number]
        if child.contents.release:
            child.contents.release(child)
    if structure.dictionary and structure.dictionary.contents.release:
        structure.dictionary.contents.release(structure.dictionary)
    structure.release = null
    _owned.pop(structure.private_data, None)


def _end_stream(pointer: Any) -> None:
    pointer.contents.release = _ReleaseStream()


_release_schema = _ReleaseSchema(lambda pointer: _release(pointer.contents, _ReleaseSchema()))
_release_array = _ReleaseArray(lambda pointer: _release(pointer.contents, _ReleaseArray()))
_release_stream = _ReleaseStream(_end_stream)


_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_CAPSULE_NAME = b"arrow_array_stream"


class ArrowStream:
    """The blocks of a table, to be read once; `error` is what ended the reading early."""

    def __init__(self, table: Table, blocks: Iterator[Block]) -> None:
        self.table = table
        self.error: BaseException | None = None
        self._blocks = blocks
        self._message = ctypes.create_string_buffer(b"the rows cannot be read")
        # The functions live as long as this object, which the capsules' streams refer to.
        self._functions = (
            _GetSchema(self._get_schema),
            _GetNext(self._get_next),
            _GetLastError(lambda _: ctypes.addressof(self._message)),
            _release_stream,
        )
        self._streams: list[ArrowArrayStream] = []

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a capsule with a stream; all streams of this object share the same blocks."""
        del requested_schema
        stream = ArrowArrayStream(*self._functions, None)
        self._streams.append(stream)
        return _new_capsule(ctypes.addressof(stream), _CAPSULE_NAME, None)

    def _get_schema(self, _: Any, out: Any) -> int:
        children = [_column_schema(column.name, column.kind) for column in self.table.columns]
        _fill_schema(out.contents, b"+s", b"", children)
        return 0

    def _get_next(self, _: Any, out: Any) -> int:
        # An exception cannot pass through the library: it is raised again after the call.
        try:
            block = next(self._blocks, None)
            if block is None:
                out.contents.release = _ReleaseArray()
            else:
                _fill_array(out.contents, block.rows, 0, [None], _children(self.table, block))
        except BaseException as error:  # noqa: BLE001
            self.error = error
            return _EIO
        return 0


def _column_schema(name: str, kind: Kind) -> ArrowSchema:
    schema = ArrowSchema()
    encoded = name.encode()
    if kind.is_text:
        dictionary = ArrowSchema()
        _fill_schema(dictionary, b"U", b"", [])
        _fill_schema(schema, b"i", encoded, [], dictionary)
    else:
        _fill_schema(schema, _FORMATS[kind], encoded, [])
    return schema


def _fill_schema(
    schema: ArrowSchema,
    format_: bytes,
    name: bytes,
    children: Sequence[ArrowSchema],
    dictionary: ArrowSchema | None = None,
) -> None:
    schema.format = format_
    schema.name = name
    schema.metadata = None
    schema.flags = _NULLABLE
    schema.n_children = len(children)
    pointers = (ctypes.POINTER(ArrowSchema) * len(children))(*map(ctypes.pointer, children))
    schema.children = pointers if children else None
    schema.dictionary = ctypes.pointer(dictionary) if dictionary is not None else None
    schema.release = _release_schema
    _own(schema, format_, name, pointers, children, dictionary)


def _fill_array(
    array: ArrowArray,
    rows: int,
    missing: int,
    buffers: Sequence[NDArray[Any] | None],
    children: Sequence[ArrowArray] = (),
    dictionary: ArrowArray | None = None,
) -> None:
    array.length = rows
    array.null_count = missing
    array.offset = 0
    array.n_buffers = len(buffers)
    array.n_children = len(children)
    addresses = (ctypes.c_void_p * len(buffers))(
        *(None if buffer is None else buffer.ctypes.data for buffer in buffers)
    )
    array.buffers = addresses
    pointers = (ctypes.POINTER(ArrowArray) * len(children))(*map(ctypes.pointer, children))
    array.children = pointers if children else None
    array.dictionary = ctypes.pointer(dictionary) if dictionary is not None else None
    array.release = _release_array
    _own(array, addresses, buffers, pointers, children, dictionary)


def _children(table: Table, block: Block) -> list[ArrowArray]:
    children = []
    for column, values in zip(table.columns, block.values, strict=True):
        array = ArrowArray()
        if isinstance(values, Texts):
            _fill_texts(array, values, block.rows)
        else:
            _fill_numbers(array, values, block.rows, column.kind)
        children.append(array)
    return children


def _fill_texts(array: ArrowArray, texts: Texts, rows: int) -> None:
    codes, validity, absent = texts.codes, None, 0
    if codes is None:
        codes = _ZEROS.view(np.int32)[:rows] if rows <= BLOCK_ROWS else np.zeros(rows, np.int32)
        if not texts.uniques:
            validity, absent = np.zeros((rows + 7) // 8, np.uint8), rows
    else:
        present = codes >= 0
        absent = rows - int(np.count_nonzero(present))
        if absent:
            validity, codes = _bits(present), np.maximum(codes, 0)
        codes = np.ascontiguousarray(codes, np.int32)
    # A code needs a text, also that of a missing one.
    encoded = [text.encode() for text in texts.uniques] or [b""]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    characters = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
    dictionary = ArrowArray()
    _fill_array(dictionary, len(encoded), 0, [None, offsets, characters])
    _fill_array(array, rows, absent, [validity, codes], (), dictionary)


def _fill_numbers(array: ArrowArray, numbers: Numbers, rows: int, kind: Kind) -> None:
    values, present = numbers.values, numbers.present
    absent = missing(numbers, rows)
    validity: NDArray[np.uint8] | None = None
    if values is None:
        # Eight bytes a value are enough for every type.
        values = _ZEROS if rows <= BLOCK_ROWS else np.zeros(rows, np.int64)
        validity = np.zeros((rows + 7) // 8, np.uint8)
    else:
        values = _bits(values) if kind is Kind.BOOLEAN else np.ascontiguousarray(values)
        if present is not None and absent:
            validity = _bits(present)
    _fill_array(array, rows, absent, [validity, values])


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(flags, bitorder="little")
