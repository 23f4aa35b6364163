"""Panes and screens whose list has a filter; its field is imported when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from textual.widget import Widget

if TYPE_CHECKING:
    from resim_inspect.filtering.query import Fields
    from resim_inspect.tui.widgets.column_table import ColumnTable
    from resim_inspect.tui.widgets.filter_box import FilterBox
    from resim_inspect.tui.widgets.row_list import RowList

FilterFields: TypeAlias = "type[Fields[Any]]"
"""Fields of the items of a list that its filter may ask for."""


class FilteredList(Protocol):
    """A list with a filter, whatever widget it is."""

    query_text: str
    """The filter as it was typed."""
    query_error: str
    """Problem of the filter; empty if it has none."""

    def set_query(self, text: str) -> None:
        """Filter; a filter that cannot be parsed leaves the list as it is."""


class FilterHost:
    """A pane or screen whose list has a filter; it comes after the widget among the bases."""

    def filter_parent(self) -> Widget:
        """The container whose first child the field becomes."""
        raise NotImplementedError

    def filter_fields(self) -> FilterFields:
        """Fields that the filter may ask for; an implementation imports them when it is called."""
        raise NotImplementedError

    def filtered_list(self) -> FilteredList:
        """The list that is filtered."""
        raise NotImplementedError

    def filter_applied(self) -> None:
        """Follow a change of the filter."""

    def focus_main(self) -> None:
        """Focus the list."""
        raise NotImplementedError

    def filter_boxes(self) -> list[FilterBox]:
        """The field, once it has been opened."""
        # By the name of its class, which is imported when a filter is first opened.
        return cast("list[FilterBox]", list(self.filter_parent().query_children("FilterBox")))

    def is_filtering(self) -> bool:
        """Return True while the field has the focus."""
        return any(box.input.has_focus for box in self.filter_boxes())

    async def action_filter(self) -> None:
        from resim_inspect.tui.widgets.filter_box import FilterBox

        boxes = self.filter_boxes()
        if not boxes:
            example = self.filter_fields().EXAMPLE
            boxes = [FilterBox(self.filtered_list().query_text, example)]
            await self.filter_parent().mount(boxes[0], before=0)
        boxes[0].display = True
        boxes[0].input.focus()

    def on_filter_box_changed(self, message: FilterBox.Changed) -> None:
        message.stop()
        self._apply(message.text)

    def on_filter_box_submitted(self, message: FilterBox.Submitted) -> None:
        message.stop()
        self.focus_main()

    def _apply(self, text: str) -> None:
        self.filtered_list().set_query(text)
        self.filter_applied()
        self.show_problem()

    def show_problem(self) -> None:
        """Show what is wrong with the filter beside the field."""
        for box in self.filter_boxes():
            box.set_problem(self.filtered_list().query_error)

    def set_filter(self, text: str) -> None:
        """Set the filter of list and field."""
        for box in self.filter_boxes():
            box.set_text(text)
        self._apply(text)

    async def show_filter(self) -> None:
        """Open the field of a filter that was set without it: what hides rows is in view."""
        if self.filtered_list().query_text and not self.filter_boxes():
            await self.action_filter()
            self.focus_main()

    def clear_filter(self) -> bool:
        """Drop the filter and focus the list; return False without a filter."""
        open_ = [box for box in self.filter_boxes() if box.display]
        if not self.filtered_list().query_text and not open_:
            return False
        self.set_filter("")
        self.focus_main()
        return True


class TableScreen(FilterHost):
    """A screen whose filter is that of its table of jobs, and whose lines follow the table."""

    @property
    def table(self) -> ColumnTable[Any]:
        """The table, which is in the box `#jobs`."""
        raise NotImplementedError

    def update_lines(self) -> None:
        """Show what is said around the table: titles, counts, the chosen cell."""
        raise NotImplementedError

    def filter_parent(self) -> Widget:
        parent = self.table.parent
        assert isinstance(parent, Widget)
        return parent

    def filtered_list(self) -> ColumnTable[Any]:
        return self.table

    def filter_applied(self) -> None:
        self.update_lines()

    def focus_main(self) -> None:
        self.table.focus()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        message.stop()
        self.update_lines()


async def open_filter(widget: Widget) -> None:
    """Open the filter of the nearest pane or screen around a widget."""
    for node in widget.ancestors:
        if isinstance(node, FilterHost):
            await node.action_filter()
            return
