"""Names of keys as the user writes them, in the form in which Textual reports keys."""

from __future__ import annotations

import string
import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from resim_inspect.text import clean

MODIFIERS = ("alt", "ctrl", "shift", "super", "hyper", "meta")
_SAME_BYTES = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "return": "enter",
}
"""Keys that a terminal reports as another one."""
_UNTYPED = {"ignore", "<ignore>", "<any>", "<scroll-up>", "<scroll-down>", "<sigint>", "ctrl-at"}


class KeyNameError(Exception):
    """A name that is not that of a key; `str(error)` is a clause about it."""


def character_name(character: str) -> str:
    """Name of the key that types a character: itself for letters and digits, else as `plus`."""
    if character.isalnum():
        return character
    try:
        name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    except ValueError as error:
        raise KeyNameError(
            "this character is not on any key; write the name of another key."
        ) from error
    return KEY_NAME_REPLACEMENTS.get(name, name)


def written_key(key: str) -> str:
    """A key as `config.toml` may have it: the character that it types, else its name."""
    typed = {character_name(each): each for each in string.punctuation}
    return typed.get(key, key)


def _known_names() -> list[str]:
    """Names of the keys that are neither letters nor digits, without modifiers."""
    named = {key.value for key in Keys if "+" not in key.value} - _UNTYPED
    return sorted({*named, "space", *map(character_name, string.punctuation)} - {"return"})


def canonical(text: str) -> str:
    """Return the name by which Textual reports a key: `plus` for `+`, `A` for `shift+a`.

    Raises KeyNameError.
    """
    if len(text) == 1:
        if not text.isprintable() or text.isspace():
            raise KeyNameError(
                "write space for a blank; other invisible characters cannot be keys."
            )
        return character_name(text)
    *modifiers, last = [*text[:-2].split("+"), "+"] if text.endswith("++") else text.split("+")
    modifiers = [each.casefold() for each in modifiers]
    for each in modifiers:
        if each not in MODIFIERS:
            raise _unknown(each, list(MODIFIERS), "modifier")
    if not last:
        raise KeyNameError("the name of a key is missing after the last +.")
    if len(last) == 1:
        base = character_name(last)
    else:
        base = last.casefold()
        base = _SAME_BYTES.get(base, base)
        known = _known_names()
        if base not in known:
            raise _unknown(last, known, "key")
    if "shift" in modifiers and len(base) == 1 and len(modifiers) == 1:
        if base.isdecimal():
            raise KeyNameError(
                "terminals report the character that shift and a digit type; write that character."
            )
        return base.upper()
    if "ctrl" in modifiers and len(base) == 1:
        base = base.lower()
    name = "+".join([*sorted(set(modifiers)), base])
    return _SAME_BYTES.get(name, name)


def types_text(key: str) -> bool:
    """Return True for a key, by its name, that types a character into a text field."""
    if "+" in key:
        return False
    return len(key) == 1 or key == "space" or key not in {each.value for each in Keys}


def _unknown(word: str, known: list[str], kind: str) -> KeyNameError:
    from resim_inspect.settings.faults import nearest

    near = nearest(word, known)
    end = (
        f'; did you mean "{near}"?'
        if near
        else "; `resim-inspect config --keys` lists those in use."
    )
    return KeyNameError(f'"{clean(word, 40)}" is not the name of a {kind}{end}')
