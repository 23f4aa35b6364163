"""Style sheet of the app: Textual's widgets, and panes on wide, normal and narrow terminals."""

from __future__ import annotations

CSS = """
Screen { background: $background; color: $foreground; }
ModalScreen { background: $background 60%; }
Input > .input--placeholder, Input > .input--suggestion { color: $quiet; }
TextArea .text-area--placeholder, TextArea .text-area--suggestion { color: $quiet; }
Toast { background: $panel; }
#location, #banner, #cell, #cards-state { text-wrap: nowrap; text-overflow: ellipsis; }
Screen.-maximized-view { hatch: none; }
.-maximized {
    width: 1fr !important; min-width: 0 !important; max-width: 100% !important;
    height: 1fr !important; min-height: 0 !important; max-height: 100% !important;
}
CommandPalette > Vertical, CommandPalette:dark > Vertical { background: $panel; }
CommandPalette > .command-palette--help-text { color: $quiet; text-style: not bold; }
CommandPalette CommandList > .option-list--option-disabled { color: $quiet; }
CommandPalette SearchIcon { color: $accent; }
CommandPalette #--input { border: hkey $rule; }
CommandPalette CommandList { border-bottom: hkey $rule; }
CommandPalette CommandList > .option-list--option-highlighted {
    color: $foreground; background: $pick;
}
/* Textual loses `reverse` here; help text takes the ink of its row. */
CommandPalette CommandList:nocolor > .option-list--option-highlighted {
    color: $background; background: $foreground;
}
CommandPalette:nocolor > .command-palette--help-text { color: transparent; }

ChecklistDialog, ColumnsDialog { background: $background 0%; }

.-wide MetricsPane > #side { width: 35%; max-width: 64; }
.-narrow MetricsPane > #side { width: 1fr; }
.-narrow MetricsPane > Card { display: none; }

.-normal DataPane > #data-side { width: 34; }
.-narrow DataPane { layout: vertical; }
.-narrow DataPane > #data-side { width: 1fr; height: 40%; }
.-narrow DataPane > #right { width: 1fr; height: 60%; }

.-narrow EventsPane #event-side { display: none; }

.-normal InputsView > #tree-side { width: 34; }
.-narrow InputsView { layout: vertical; }
.-narrow InputsView > #tree-side { width: 1fr; height: 50%; }
.-narrow InputsView > #preview { width: 1fr; height: 50%; }

RunsScreen.-wide > #run { layout: horizontal; }
RunsScreen.-wide RunsTable { width: 55%; height: 1fr; }

ComparisonScreen.-wide #chosen { layout: horizontal; height: 50%; }
ComparisonScreen.-wide ChartView.-drawn { display: block; }
ComparisonScreen.-chart ChangeList { display: none; }
ComparisonScreen.-chart #explained-box { display: none; }
ComparisonScreen.-chart #chosen { height: 1fr; }
ComparisonScreen.-chart ChartView { display: block; width: 1fr; }

OpenScreen.-narrow RecentList { display: none; }
"""
