"""Pieces of HTML: escaped texts, statuses, tables. Text of a file becomes markup nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, count


def escaped(text: str, limit: int | None = None) -> str:
    """Text of a file for an element or an attribute in quotes; line breaks become blanks."""
    return escape(clean(text, limit))


def escaped_lines(text: str, limit: int | None = None) -> str:
    """Text of a file with its line breaks."""
    return escape(clean(text, limit, lines=True))


def status_class(status: MetricStatus | None) -> str:
    """CSS class of a status; unknown ones look like one that is not set."""
    known = status if status is not None and status.known else MetricStatus.UNSET
    return f"status-{known.name}"


def status_badge(status: MetricStatus | None, text: str = "") -> str:
    """A status as symbol and word, or with another text behind its symbol."""
    if status is None:
        return f'<span class="badge {status_class(None)}">{escaped(text or "no metrics")}</span>'
    word = text or (status.name if status else "no status")
    return f'<span class="badge {status_class(status)}">{status.symbol} {escaped(word)}</span>'


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Iterable[int] = (),
    left_off: int = 0,
) -> str:
    """A table of plain texts; `right` names the columns of numbers, `left_off` counts rows."""
    numeric = set(right)
    body = []
    for row in rows:
        cells = "".join(
            f'<td class="number">{escaped(text, 2_000)}</td>'
            if column in numeric
            else f"<td>{escaped(text, 2_000)}</td>"
            for column, text in enumerate(row)
        )
        body.append(f"<tr>{cells}</tr>")
    more = f'<p class="note">{count(left_off, "more row")} left out.</p>' if left_off else ""
    return scrolling_table(caption, header, "".join(body), caption=True) + more


def scrolling_table(label: str, header: Iterable[str], rows: str, *, caption: bool = False) -> str:
    """A table of `rows` that are HTML, with a scroll bar of its own; `label` names it."""
    name = escaped(label, 200)
    head = "".join(f'<th scope="col">{escaped(text, 200)}</th>' for text in header)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">'
        f"<table>{f'<caption>{name}</caption>' if caption else ''}"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
