"""How names, numbers, times and sizes are written, everywhere the same.

Everything from a file is hostile: `clean` is the only way for it to reach a terminal.
"""

from __future__ import annotations

import math
import unicodedata

from resim_inspect.document.enums import MetricStatus

SYMBOLS = {
    MetricStatus.PASSED: "✓",
    MetricStatus.FAIL_WARN: "!",
    MetricStatus.FAIL_BLOCK: "✗",
    MetricStatus.NOT_APPLICABLE: "–",
    MetricStatus.RAW: "·",
    MetricStatus.UNSET: "?",
}


def symbol(status: MetricStatus) -> str:
    """One character for a status: `✓ ! ✗ – · ?`."""
    return SYMBOLS.get(status, "?")


def clean(text: str, limit: int | None = None, *, lines: bool = False) -> str:
    """Text from a file, safe for a terminal: no control, bidi or invisible characters.

    What cannot be shown becomes `�`; tabs and line breaks become spaces, unless `lines`
    keeps the breaks. More than `limit` characters end in `…`.
    """
    if limit is not None and len(text) > 4 * limit + 64:
        text = text[: 4 * limit + 64]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text)
        text = "".join(_shown(char, lines) for char in text.replace("\r\n", "\n"))
    if limit is not None and len(text) > limit:
        text = text[: max(0, limit - 1)] + "…"
    return text


def _shown(char: str, lines: bool) -> str:
    if char == "\n" and lines:
        return char
    if char in "\n\t\r\v\f\u2028\u2029":
        return " "
    # Cc control, Cf format (bidi, zero width), Cs surrogates, Co private, Cn unassigned.
    return "�" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} else char


def number(value: float, digits: int = 4) -> str:
    """A number for people: `digits` significant digits, no trailing zeros, `NaN`, `∞`.

    Whole numbers below 10^15 stand in full with thousands separators; very large and
    very small ones are written with an exponent.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    magnitude = abs(value)
    if magnitude >= 1e9 or magnitude < 1e-4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    places = max(0, digits - 1 - math.floor(math.log10(magnitude)))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float, unit: str | None, digits: int = 4) -> str:
    """A number and its unit: `44.7 m/s`; no unit, no blank; `%` and `°` stand close."""
    text = number(value, digits)
    shown = clean(unit or "", 24).strip()
    if not shown:
        return text
    return text + shown if shown[0] in "%°" else f"{text} {shown}"


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
    """A duration given in ns as seconds: `8.420 s`."""
    return f"{ns / 1e9:,.{places}f} s"


def instant(ns: int) -> str:
    """ns since 1970 in UTC: `2025-10-09 08:53:20.124 UTC`; out of the calendar, plain seconds."""
    from datetime import UTC, datetime, timedelta

    whole, rest = divmod(ns, 1_000_000_000)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
    except OverflowError:
        return seconds(ns)
    digits = f"{rest:09d}".rstrip("0")
    digits = digits.ljust((len(digits) + 2) // 3 * 3, "0")
    return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{digits}" if digits else "") + " UTC"
