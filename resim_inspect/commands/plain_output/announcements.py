"""Changes of a document or a job as sentences that announce them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resim_inspect.commands.plain_output.words import (
    job_subject,
    joined,
    shown_name,
    status_word,
    whole_sentence,
)
from resim_inspect.comparison import Change, Direction, Measured
from resim_inspect.comparison.changes import EVENT, FINDING
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, count, digits_apart, number, with_unit

MAX_LISTED = 40
"""Changes that are announced one by one; the rest are counted."""


def announcements(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a sentence for each change, the worst first; what is the same is left out."""
    different = [change for change in changes if change.direction is not Direction.SAME]
    different.sort(key=lambda change: change.order)
    for change in different[:MAX_LISTED]:
        yield change_sentence(change)
    if len(different) > MAX_LISTED:
        yield f"There are {count(len(different) - MAX_LISTED, 'more change')}."


def verdict_sentence(subject: str, before: MetricStatus | None, after: MetricStatus | None) -> str:
    """Return a sentence about a verdict, which may be new, gone, changed or the same."""
    if before is after:
        return f"{subject} is still {status_word(after)}." if after is not None else ""
    if after is None:
        return f"{subject} is gone; it was {_verdict(before)}."
    return f"{subject} is now {status_word(after)} and was {_verdict(before)}."


def _verdict(status: MetricStatus | None) -> str:
    return "without metrics" if status is None else status_word(status)


def change_sentence(change: Change) -> str:
    """Return one change as a sentence: the value from and to, and the status now and before."""
    subject = _subject(change)
    before, after = change.before, change.after
    if change.type == FINDING:
        # The reason begins with "new: " or "gone: ".
        text = change.why[0].partition(": ")[2] if change.why else ""
        state = "new" if before is None else "gone"
        return f"{subject} is {state}{': ' + whole_sentence(text) if text else '.'}"
    if before is None or after is None:
        return _one_side(change, subject)
    values = _values(before.measured, after.measured)
    status = ""
    if change.status_changed:
        status = f"now {status_word(after.status)} and was {status_word(before.status)}"
    if values:
        measure = after.measured.measure
        what = f"The {measure} of {subject}" if measure else subject
        closer = "; it is closer to its limit" if change.closer else ""
        return f"{what} changed {values}{'; it is ' + status if status else ''}{closer}."
    if status:
        return f"{subject} is {status}."
    reasons = [clean(reason, 200) for reason in change.why]
    return f"{subject} changed: {joined(reasons)}." if reasons else f"{subject} changed."


def _subject(change: Change) -> str:
    name = shown_name(change.name)
    if change.type == EVENT:
        name = f"The event {name}"
    elif change.type == FINDING:
        name = f"The finding {name}"
    if change.event:
        name = f"{name} of the event {shown_name(change.event)}"
    return f"{job_subject(change.job)}: {name}" if change.job else name


def _one_side(change: Change, subject: str) -> str:
    reading = change.after or change.before
    renamed = ""
    if change.renamed:
        may = "may have become" if change.after is None else "may have been"
        renamed = f"; it {may} {shown_name(change.renamed)}"
    if change.after is None:
        was = status_word(reading.status) if reading is not None else "there"
        return f"{subject} is gone; it was {was}{renamed}."
    value = f": {clean(change.after.measured.text, 80)}" if change.after.measured.text else ""
    return f"{subject} is new, and it is {status_word(change.after.status)}{value}{renamed}."


def _values(old: Measured, new: Measured) -> str:
    """Return `from 44.7 m/s to 39.2 m/s`; empty if the values are the same."""
    if old.value is not None and new.value is not None:
        if old.value == new.value and old.unit == new.unit:
            return ""
        digits = digits_apart(old.value, [new.value])
        old_text, other = (
            with_unit(number(cell.value or 0.0, digits), cell.unit) for cell in (old, new)
        )
        return f"from {old_text} to {other}"
    if old.text == new.text:
        return ""
    return f"from {clean(old.text, 80) or 'nothing'} to {clean(new.text, 80) or 'nothing'}"
