"""Text for terminals: cleaned, fitted to a width in cells, and numbers, times and sizes as words.

Text from a file is untrusted: it reaches a terminal through `clean` only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

NOT_RUN = "not run yet"
"""The words of every table for a job without metrics of which no run is recorded."""
BATCH_NAME = "(batch)"
"""Name of a workspace's batch among the names of its jobs."""


def clean(text: str, limit: int | None = None, *, lines: bool = False) -> str:
    """Text from a file made safe for a terminal: no control, bidi or invisible characters.

    Characters that cannot be displayed become `�`; tabs and line breaks become spaces,
    unless `lines` keeps the breaks. More than `limit` characters end in `…`.
    """
    if limit is not None and len(text) > 4 * limit + 64:
        text = text[: 4 * limit + 64]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
        text = ("\n" if lines else " ").join(map(_visible_line, text.split("\n")))
    if limit is not None and len(text) > limit:
        text = text[: max(0, limit - 1)] + "…"
    return text


def _visible_line(line: str) -> str:
    # Most lines of a long text need no look at each character.
    return line if line.isascii() and line.isprintable() else "".join(map(_visible, line))


def _visible(char: str) -> str:
    if char in "\t\r\v\f\u2028\u2029":
        return " "
    # Cc control, Cf format (bidi, zero width), Cs surrogates, Co private, Cn unassigned.
    return "�" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} else char


def cell_width(text: str) -> int:
    """Number of terminal cells that a cleaned text takes."""
    return len(text) if text.isascii() else _cell_width(text)


@lru_cache(maxsize=4096)
def _cell_width(text: str) -> int:
    # Loaded for the first text beyond ASCII: commands that print none start without rich.
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; a text that is cut ends in `…`.

    A number inside is left out where it would be cut: its first digits are another number.
    """
    if cell_width(text) <= width:
        return text
    if width <= 0:
        return ""
    head = _head(text, width - 1)
    digits = _last_number().search(head) if text[len(head)] in "0123456789.,%°" else None
    return head + "…" if digits is None else head[: digits.start()].rstrip(" (") + " …"


@cache
def _last_number() -> re.Pattern[str]:
    return re.compile(r"(?<=[ (])[-+]?\d[\d,.]*$")


def cut_left(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut at its start: paths differ at their ends."""
    if cell_width(text) <= width:
        return text
    start = max(0, len(text) - max(0, width - 1))
    while start < len(text) and cell_width(text[start:]) > width - 1:
        start += 1
    return "…" + text[start:] if width > 0 else ""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled with blanks to at least `width` cells; `right` aligns it to the right."""
    blanks = " " * (width - cell_width(text))
    return blanks + text if right else text + blanks


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with `…`."""
    return pad(cut(text, width), width, right=right)


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = (), gap: int = 2) -> list[str]:
    """Return plain rows as aligned lines; `right` names the right-aligned columns."""
    if not rows:
        return []
    columns = range(len(rows[0]))
    widths = [max(cell_width(row[column]) for row in rows) for column in columns]
    aligned = set(right)
    return [
        (" " * gap)
        .join(pad(row[column], widths[column], right=column in aligned) for column in columns)
        .rstrip()
        for row in rows
    ]


def wrap(text: str, width: int, hang: str = "") -> list[str]:
    """`text` as lines of at most `width` cells, at least one line.

    Lines break at blanks and at line breaks; a word that is longer than a line is split, behind
    a hyphen or slash if one is near. `hang` begins each further line of a paragraph.
    """
    width = max(1, width)
    room = max(1, width - cell_width(hang))
    lines: list[str] = []
    for paragraph in text.split("\n"):
        start, line, used = "", "", 0
        for word in paragraph.split(" "):
            size = cell_width(word)
            if line and used + 1 + size <= width:
                line, used = f"{line} {word}", used + 1 + size
                continue
            *full, last = _pieces(word, room) if size > room else [word]
            for part in [line, *full] if line else full:
                lines.append(start + part)
                start = hang
            line, used = last, cell_width(start + last)
        lines.append(start + line)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    if not word.isascii():
        return chop(word, width)
    # What is left, else up to a hyphen or slash in the second half of a line, else a line.
    return re.findall(f".{{1,{width}}}$|.{{{width // 2},{width - 1}}}[-/]|.{{1,{width}}}", word)


def chop(text: str, width: int) -> list[str]:
    """`text` in parts of `width` cells, at least one; what is wider by itself is a part."""
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    from rich.cells import chop_cells

    return [part for part in chop_cells(text, width) if part] or [""]


def _head(text: str, width: int) -> str:
    """The longest start of `text` in at most `width` cells."""
    if text.isascii() or width <= 0:
        return text[: max(0, width)]
    # Few characters share a cell: a long text is not looked at to its end.
    head = chop(text[: 16 * width + 16], width)[0]
    return head if cell_width(head) <= width else ""


DIGITS = 6
"""Significant digits of a number wherever nothing else is asked for."""
LIMIT_DIGITS = 9
"""Significant digits of a failure threshold: people write fewer."""
DELTA_DIGITS = 4
"""Significant digits of a difference between two sides."""
_MAX_DIGITS = 12
"""Significant digits that tell values apart; what differs beyond is noise of computations."""
_FULL_INTEGER = 2**53
"""Integers up to this one are exact in a double, and written in full."""
_FIXED_BELOW = 1e15
"""Numbers from here on that are not exact integers have an exponent."""


def number(value: float, digits: int = DIGITS) -> str:
    """A number with `digits` significant digits and no trailing zeros; `NaN`, `∞`.

    A number that is not whole has as many digits as it takes to see that, at most 12, and up
    to three decimals however large it is. Whole numbers up to 2^53 are written in full with
    thousands separators, very large and very small ones with an exponent.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude <= _FULL_INTEGER and value == int(value):
        return f"{int(value):,}"
    if magnitude >= _FIXED_BELOW or magnitude < 1e-4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{_without_zeros(mantissa)}e{int(exponent)}"
    before = math.floor(math.log10(magnitude)) + 1
    places = max(digits - before, 3 if before > 3 else 0)
    text = _without_zeros(f"{value:,.{places}f}")
    while "." not in text and before + places < _MAX_DIGITS:
        places += 1
        text = _without_zeros(f"{value:,.{places}f}")
    return text


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def full_number(value: float) -> str:
    """All digits of a number: the shortest text that reads back as the same double."""
    text = repr(float(value))
    if not math.isfinite(value) or text.endswith(".0"):
        return number(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    whole, _, decimals = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{abs(int(whole)):,}.{decimals}"


def json_number(value: float) -> float | str:
    """A number as JSON documents have it: NaN and infinities are strings."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def digits_apart(value: float, others: Iterable[float], digits: int = DIGITS) -> int:
    """Significant digits from `digits` on, at most 12, that tell a value from the others.

    The others are its limits and its neighbours; equal ones do not count.
    """
    different = [other for other in others if other != value and math.isfinite(other)]
    while digits < _MAX_DIGITS:
        text = number(value, digits)
        if all(number(other, digits) != text for other in different):
            break
        digits += 1
    return digits


def align_decimals(texts: Sequence[str]) -> list[str]:
    """Numbers, with or without a unit behind them, padded so that their points are aligned.

    All texts get the same width.
    """
    fraction = max(map(decimals, texts), default=0)
    parts = [_number().match(text) for text in texts]
    whole = max((cell_width(part.group(1)) for part in parts if part is not None), default=0)
    aligned = []
    for text, part in zip(texts, parts, strict=True):
        if part is None:
            aligned.append(pad(text, whole + fraction, right=True))
        else:
            blanks = " " * (whole - cell_width(part.group(1)))
            aligned.append(blanks + align_point(text, fraction))
    width = max(map(cell_width, aligned), default=0)
    return [pad(text, width) for text in aligned]


def align_point(text: str, fraction: int) -> str:
    """A number padded behind its decimals to `fraction` cells; other texts are unchanged."""
    part = _number().match(text)
    if part is None:
        return text
    return part.group() + " " * (fraction - len(part.group(2))) + text[part.end() :]


def decimals(text: str) -> int:
    """Cells of the decimals of a number, with their point and its exponent; 0 for other texts."""
    part = _number().match(text)
    return 0 if part is None else len(part.group(2))


@cache
def _number() -> re.Pattern[str]:
    # Compiled at its first use: the app starts sooner.
    return re.compile(r"(-?[\d,]+)((?:\.\d+)?(?:e-?\d+)?)")


def quantity(value: float, unit: str | None, digits: int = DIGITS) -> str:
    """A number and its unit: `44.7 m/s`; `%` and `°` follow without a blank."""
    return with_unit(number(value, digits), unit)


def signed(value: float, unit: str | None, digits: int = DIGITS) -> str:
    """A difference with its sign: `+0.3 m`, `-12 m`, `0 m`."""
    text = quantity(value, unit, digits)
    return f"+{text}" if value > 0 and not math.isinf(value) else text


def with_unit(text: str, unit: str | None) -> str:
    """The text of a number and its unit."""
    suffix = clean(unit or "", 24).strip()
    if not suffix:
        return text
    return text + suffix if suffix[0] in "%°" else f"{text} {suffix}"


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """`1 metric`, `28 metrics`, `300,000 points`."""
    return f"{number_of:,} {noun if number_of == 1 else plural or noun + 's'}"


def size(bytes_: int) -> str:
    """A size in bytes: `812 B`, `56.5 kB`, `1.07 GB`."""
    if bytes_ < 1000:
        return f"{bytes_} B"
    value = float(bytes_)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            return f"{value:.3g} {unit}" if value < 999.5 else f"{value:,.0f} {unit}"
    raise AssertionError("unreachable")


def seconds(ns: int, places: int = 3) -> str:
    """A duration in nanoseconds, written in seconds: `8.420 s`; a bound as `instant` has it."""
    if ns in (INT64_MIN, INT64_MAX):
        return instant(ns)
    return f"{ns / 1e9:,.{places}f} s"


INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
"""Times in ns that stand for all that are too early or too late for 64 bits."""


def instant(ns: int) -> str:
    """Nanoseconds since 1970 as UTC: `2025-10-09 08:53:20.124 UTC`.

    A time outside of Python's calendar is written in seconds; of one that 64 bits of ns
    cannot hold a series has kept its bound only: `after 2262-04-11`.
    """
    if ns == INT64_MAX:
        return "after 2262-04-11"
    if ns == INT64_MIN:
        return "before 1677-09-21"
    from datetime import UTC, datetime, timedelta

    whole, rest = divmod(ns, 1_000_000_000)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
    except OverflowError:
        return seconds(ns)
    digits = f"{rest:09d}".rstrip("0")
    digits = digits.ljust((len(digits) + 2) // 3 * 3, "0")
    return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{digits}" if digits else "") + " UTC"
