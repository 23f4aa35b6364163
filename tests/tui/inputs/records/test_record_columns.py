"""Columns of a table of records: their widths, and those that are in view."""

from __future__ import annotations

import pytest

from resim_inspect.inputs.records.table_page import TablePage, TableRow
from resim_inspect.tui.inputs.records.record_columns import MAX_WIDTH, RecordColumns


def columns_of(*rows: tuple[str, ...], names: tuple[str, ...]) -> RecordColumns:
    columns = RecordColumns()
    columns.learn(TablePage(0, tuple(map(TableRow, rows)), names))
    return columns


def test_widths_grow_with_the_rows_seen_and_are_bounded() -> None:
    columns = columns_of(("1", "é\x1b", "x" * 500), names=("a", "long name", "b", "c"))
    assert [columns.width(column) for column in range(4)] == [3, 9, MAX_WIDTH, 3]
    columns.learn(TablePage(9, (TableRow(("1234.5",)),), columns.names))
    assert columns.width(0) == 6
    columns.learn(TablePage(0, (TableRow(("",)),), columns.names))
    assert columns.width(0) == 6
    assert columns.is_right(0)
    columns.learn(TablePage(0, (TableRow(("text",)), TableRow(("5",))), columns.names))
    assert not columns.is_right(0)


@pytest.mark.parametrize("room", [1, 5, 12, 40, 300])
def test_the_selected_column_is_in_view_and_no_room_is_wasted(room: int) -> None:
    names = tuple("n" * (3 + 7 * number % 11) for number in range(30))
    columns = columns_of(names=names)
    for column in [*range(30), *range(29, -1, -3), 15]:
        columns.select(column)
        shown = columns.in_view(room)
        numbers = [number for number, _ in shown]
        assert column in numbers
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        used = sum(width + 2 for _, width in shown) - 2
        assert used <= room
        left, right = columns.overflow(room)
        assert (left, right) == (numbers[0], 29 - numbers[-1])
        if left and not right:
            assert used + 2 + columns.width(left - 1) > room - 2
