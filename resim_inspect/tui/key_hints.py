"""Key names and key hints, read off the bindings of the keymap and those that are active."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from textual.binding import ActiveBinding
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.screen import Screen

from resim_inspect.text import cell_width, clean, count, cut
from resim_inspect.tui.keymap import BINDINGS, Hint, KeyBinding


class KeyHint(NamedTuple):
    """A hint as it is shown: key names, words, and the action that a click on it runs."""

    keys: str
    label: str
    action: str
    node: DOMNode | None


_NAMES = {
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "backslash": "\\",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "grave_accent": "`",
    "space": "Space",
    "escape": "Esc",
    "enter": "Enter",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "colon": ":",
}
_MODIFIERS = {"ctrl": "^", "shift": "⇧"}


def key_name(keys: str) -> str:
    """Keys as they are printed on a keyboard: `↑ k`."""
    names = []
    for key in keys.split(","):
        *modifiers, last = key.split("+") if key != "plus" else ["plus"]
        if last[0] == "f" and last[1:].isdecimal():
            name = last.upper()
        else:
            name = _NAMES.get(last) or key_to_character(last) or last
        names.append("".join(_MODIFIERS.get(m, f"{m}-") for m in modifiers) + name)
    return " ".join(names)


def key_of(id: str) -> str:
    """Name of the first key of a binding, for sentences."""
    return key_name(BINDINGS[id].keys[0])


def unmatched_text(noun: str, query: str, clearing: str, verb: str = "matches") -> str:
    """A sentence for a list whose filter hides all; `clearing`: id of the key that clears it."""
    return f'No {noun} {verb} the filter "{cut(clean(query), 40)}"; {key_of(clearing)} clears it.'


def found_text(number_of: int, noun: str, next_hit: str) -> str:
    """A sentence for a search with matches; `next_hit`: id of the key to the next one."""
    return f"{count(number_of, noun)} found; {key_of(next_hit)} goes to the next."


def hint_words(*hints: Hint | str) -> list[str]:
    """Words of each hint, for a frame: `y copy`, `Esc close`; neighbours share their words.

    A text stands for a key that has no binding of the keymap, such as Enter in a field.
    """
    keys_of: dict[str, list[str]] = {}
    for hint in hints:
        if isinstance(hint, str):
            keys_of[hint] = []
        else:
            keys_of.setdefault(hint.label or BINDINGS[hint.id].hint, []).append(key_of(hint.id))
    return [" ".join((*keys, words)) for words, keys in keys_of.items()]


def hint_line(*hints: Hint | str) -> str:
    """Hints as one text, for a frame: `y copy · Esc close`."""
    return " · ".join(hint_words(*hints))


def fitting_hints(words: Sequence[str], room: int) -> str:
    """Words of hints as one text of at most `room` cells, without those that do not fit.

    The last one, the way out, stays longest; the first one stays longer than those between.
    """
    shown = list(words)
    while len(shown) > 1 and cell_width(" · ".join(shown)) > room:
        shown.pop(-2)
    return " · ".join(shown)


def bindings_of(node: DOMNode) -> Iterator[KeyBinding]:
    """Bindings of a widget, screen or app, its own class before the classes that it extends."""
    for kind in type(node).__mro__:
        for binding in kind.__dict__.get("BINDINGS", ()):
            if isinstance(binding, KeyBinding):
                yield binding


def active_hints(screen: Screen[Any], wanted: Iterable[Hint]) -> tuple[KeyHint, ...]:
    """Select the wanted hints whose binding is active where the focus is, in their order.

    Neighbours with the same words share one hint, which a click runs the first action of.
    """
    active: dict[str, dict[str, ActiveBinding]] = {}
    for key, entry in screen.active_bindings.items():
        if entry.enabled and entry.binding.id and not _is_typed(screen, key, entry):
            active.setdefault(entry.binding.id, {})[key] = entry
    hints: list[KeyHint] = []
    for id, label in wanted:
        keys, binding = active.get(id), BINDINGS[id]
        if not keys:
            continue
        # The first of the table, unless a keymap of the app has replaced all of them.
        key = next((key for key in binding.keys if key in keys), next(iter(keys)))
        words, name, entry = label or binding.hint, key_name(key), keys[key]
        if hints and hints[-1].label == words:
            hints[-1] = hints[-1]._replace(keys=f"{hints[-1].keys} {name}")
        else:
            hints.append(KeyHint(name, words, entry.binding.action, entry.node))
    return tuple(hints)


def _is_typed(screen: Screen[Any], key: str, entry: ActiveBinding) -> bool:
    """Return True if the focused field takes the key as a character that is typed into it."""
    focused, name = screen.focused, key_name(key)
    printable = len(name) == 1 and name.isascii()
    return (
        focused is not None
        and focused is not entry.node
        and printable
        and focused.check_consume_key(name, name)
    )
