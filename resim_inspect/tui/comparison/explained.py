"""One change in full: both sides, the difference, all reasons, and the lines of a diff."""

from __future__ import annotations

from rich.text import Text

from resim_inspect.comparison.cells import delta_text, place
from resim_inspect.comparison.changes import EVENT, FINDING, JOB, Change, Reading
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.text import clean, full_number, with_unit
from resim_inspect.tui.comparison.change_list import direction_style
from resim_inspect.tui.theme import ThemeStyles

_REASON = 2_000


def explained(change: Change, styles: ThemeStyles) -> Text:
    """Describe a change for the box below the list."""
    text = Text()
    way = change.direction
    text.append(f"{way.symbol} {way.value}", direction_style(styles, way))
    text.append(f"  {_kind(change)}", styles.quiet)
    where = place(change)
    text.append(f"  {clean(where, 200)}" if where else "", styles.quiet)
    text.append("  blocking" if change.blocking else "", styles.strong)
    text.append("\n")
    for word, reading in (("before", change.before), ("after", change.after)):
        text.append(f"{word:8}", styles.quiet)
        _append_reading(text, reading, styles)
        text.append("\n")
    delta = delta_text(change)
    if delta:
        text.append("change  ", styles.quiet)
        text.append(f"{delta}\n", styles.text)
    for reason in change.why:
        text.append(f"· {clean(reason, _REASON)}\n", styles.text)
    for line in change.details:
        sign = line[:1]
        status = {"-": MetricStatus.FAIL_BLOCK, "+": MetricStatus.PASSED}.get(sign)
        style = styles.quiet if status is None else styles.of(status)
        text.append(clean(line, _REASON) + "\n", style)
    return text


def _kind(change: Change) -> str:
    if change.type in (EVENT, FINDING, JOB):
        return change.type.lower()
    return MetricType[change.type].label if change.type in MetricType.__members__ else change.type


def _append_reading(text: Text, reading: Reading | None, styles: ThemeStyles) -> None:
    if reading is None:
        text.append("not there", styles.quiet)
        return
    measured = reading.measured
    if reading.status:
        text.append(f"{reading.status.symbol} {reading.status.name}  ", styles.of(reading.status))
    value = measured.text
    if measured.value is not None and not measured.measure:
        value = with_unit(full_number(measured.value), measured.unit)
    text.append(clean(value, 200), styles.text)
