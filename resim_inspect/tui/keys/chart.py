"""Keys of charts: cursor, zoom, and what is drawn."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

CHART = (
    key("chart.left", "left,h", "cursor(-1)", "Cursor left", hint="read"),
    key("chart.right", "right,l", "cursor(1)", "Cursor right", hint="read"),
    key("chart.left_10", "shift+left,H", "cursor(-10)", "Cursor ten columns left"),
    key("chart.right_10", "shift+right,L", "cursor(10)", "Cursor ten columns right"),
    key(
        "chart.zoom_in", "plus,equals_sign,z", "zoom(0.5)", "Zoom in", "at the cursor", hint="zoom"
    ),
    key("chart.zoom_out", "minus,Z", "zoom(2)", "Zoom out", hint="zoom"),
    key(
        "chart.up",
        "up,k",
        "vertical(-1)",
        "Move up",
        "to the bar above, in a text, or zoom in",
        hint="scroll",
    ),
    key(
        "chart.down",
        "down,j",
        "vertical(1)",
        "Move down",
        "to the bar below, in a text, or zoom out",
        hint="scroll",
    ),
    key("chart.pan_left", "comma", "pan(-0.25)", "Pan left"),
    key("chart.pan_right", "full_stop", "pan(0.25)", "Pan right"),
    key("chart.y_in", "shift+up", "zoom_y(0.5)", "Zoom the y axis in"),
    key("chart.y_out", "shift+down", "zoom_y(2)", "Zoom the y axis out"),
    key("chart.fit", "f", "fit", "Fit the y axis", "to the values in view, or to limits too"),
    key("chart.log", "Y", "log", "Switch log y axis", "of positive values"),
    key("chart.reset", "0", "reset", "Reset zoom", hint="all"),
    key(
        "chart.next_failing",
        "right_square_bracket",
        "failing(1)",
        "Next failing sample",
        "or one without a value",
        hint="failing",
    ),
    key("chart.previous_failing", "left_square_bracket", "failing(-1)", "Previous failing sample"),
    key("chart.anchor", "a", "anchor", "Set or drop anchor", "for differences", hint="anchor"),
    key("chart.series", "s,space", "series", "Show or hide series", hint="series"),
    key("chart.category", "c", "category", "Choose category"),
    key("chart.time", "t", "time", "Change time format", "UTC, or since the start"),
    key("chart.statuses", "o", "statuses", "Show or hide failing samples"),
    key("chart.next_image", "i", "image(1)", "Next image", hint="images"),
    key("chart.previous_image", "p", "image(-1)", "Previous image", hint="images"),
    key("chart.difference", "I", "difference", "Show difference of images", hint="difference"),
    key("chart.copy", "y", "copy", "Copy values", "under the cursor"),
)
BROWSE = (
    key(
        "chart.browse",
        "v",
        "browse",
        "View outside",
        "the figure or image, in a browser or viewer",
        hint="view",
    ),
)
