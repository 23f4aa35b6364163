"""The user's keys: checked against the bindings of the app, and as Textual takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from resim_inspect.settings.faults import SettingsError, near_or_all, nearest
from resim_inspect.settings.schema_check import dotted
from resim_inspect.settings.user import HINT, UserSettings, quotes_hint
from resim_inspect.text import clean
from resim_inspect.tui.key_settings.focus_paths import ALSO_IN_FIELDS, FOCUS_PATHS, TEXT_FIELDS
from resim_inspect.tui.key_settings.key_names import KeyNameError, canonical, types_text
from resim_inspect.tui.keymap import BINDINGS, KeyBinding

Keys = Mapping[str, tuple[str, ...]]
"""Names of keys by the id of their binding."""
RESERVED = {"ctrl+q": "quits the app in every place"}
"""Keys that Textual takes before any binding of the app."""


class Conflict(NamedTuple):
    """A key with two meanings on one focus path."""

    key: str
    id: str
    """Id of the binding that the user has given the key."""
    other: str


def checked_keys(settings: UserSettings) -> dict[str, tuple[str, ...]]:
    """Return the keys of the user by the id of their binding, as Textual names them.

    Raises SettingsError for an unknown binding or key, and for a key with two meanings in one
    place; the error has the line, and for a name the nearest one.
    """
    rebound, faults = examine_keys(settings)
    for fault in faults:
        raise fault
    return rebound


def examine_keys(
    settings: UserSettings,
) -> tuple[dict[str, tuple[str, ...]], list[SettingsError]]:
    """Return the keys of the user as `checked_keys`, without those that have a fault, and all
    faults."""
    rebound: dict[str, tuple[str, ...]] = {}
    faults: list[SettingsError] = []
    for id, keys in settings.keys.items():
        try:
            _check_id(id, settings)
        except SettingsError as error:
            faults.append(error)
            continue
        names: dict[str, None] = {}
        for key in keys:
            try:
                names[_canonical(id, key, settings)] = None
            except SettingsError as error:
                faults.append(error)
        if names:
            rebound[id] = tuple(names)
    for id, keys in rebound.items():
        try:
            _check_fields(id, keys, settings)
        except SettingsError as error:
            faults.append(error)
    reported: set[frozenset[str]] = set()
    for conflict in conflicts(rebound):
        # Two keys of the user in conflict are one fault, in however many places.
        pair = frozenset({conflict.key, conflict.id, conflict.other})
        if pair in reported:
            continue
        reported.add(pair)
        other = BINDINGS[conflict.other]
        text = (
            f'keys.{conflict.id} has "{conflict.key}", which is also the key of {conflict.other} '
            f"({other.description}) in the same place; choose another key for one of them."
        )
        faults.append(settings.error(("keys", *conflict.id.split(".")), text))
    return rebound, faults


def _check_id(id: str, settings: UserSettings) -> None:
    if id in BINDINGS:
        return
    group, _, name = id.partition(".")
    groups = list(dict.fromkeys(each.split(".")[0] for each in BINDINGS))
    if group not in groups:
        text = f'"{clean(group, 60)}" is not a group of keys{near_or_all(group, groups)}'
        raise settings.error(("keys", group), text)
    names = [each.split(".")[1] for each in BINDINGS if each.startswith(f"{group}.")]
    text = f'"{clean(name, 60)}" is not a key of [keys.{group}]'
    elsewhere = [each for each in BINDINGS if each.split(".")[1] == name]
    if elsewhere and nearest(name, names) is None:
        text += f"; elsewhere there is {', '.join(elsewhere[:3])}."
    else:
        text += near_or_all(name, names)
    raise settings.error(("keys", group, name), text, quotes_hint((id,)) if "." in name else HINT)


def _canonical(id: str, key: str, settings: UserSettings) -> str:
    location = ("keys", *id.split("."))
    try:
        name = canonical(key)
    except KeyNameError as error:
        text = f'{dotted(location)} has "{clean(key, 40)}", but {error}'
        raise settings.error(location, text) from error
    if name in RESERVED:
        raise settings.error(location, f'{dotted(location)} has "{name}", which {RESERVED[name]}.')
    return name


def _check_fields(id: str, keys: tuple[str, ...], settings: UserSettings) -> None:
    location = ("keys", *id.split("."))
    binding = BINDINGS[id]
    typed = [key for key in keys if types_text(key)]
    if typed and any(binding in table for table in TEXT_FIELDS):
        text = f'{dotted(location)} has "{typed[0]}", which types a character into the text field.'
        raise settings.error(location, text, "Choose a key such as f6 or ctrl+x.")
    if len(typed) == len(keys) and any(binding in table for table in ALSO_IN_FIELDS):
        text = f"{dotted(location)} has no key that works in a text field, where each types itself."
        raise settings.error(location, text, "Add a key such as escape, f6 or ctrl+x.")


def conflicts(rebound: Keys) -> Iterator[Conflict]:
    """Yield the keys that the user's keys give two meanings on one focus path.

    What the defaults themselves have twice is left out: there a widget overrides its base class.
    """
    if not rebound:
        return
    for path in FOCUS_PATHS:
        owners: dict[str, list[KeyBinding]] = {}
        for binding in dict.fromkeys(binding for table in path for binding in table):
            for key in rebound.get(binding.id or "", binding.default_keys):
                owners.setdefault(key, []).append(binding)
        for key, bindings in owners.items():
            for binding in bindings:
                for other in bindings:
                    id, other_id = binding.id or "", other.id or ""
                    if binding is other or id not in rebound:
                        continue
                    if key in binding.default_keys and key in other.default_keys:
                        continue
                    yield Conflict(key, id, other_id)


def textual_keymap(rebound: Keys) -> dict[str, str]:
    """Return the keys as `App.set_keymap` takes them.

    Textual drops all bindings of a key that a rebound binding had. Those that shared it, by a base
    class of the same widget, are named as well, so that they stay.
    """
    former = {key for id in rebound for key in BINDINGS[id].default_keys}
    keys = {
        id: rebound.get(id, binding.default_keys)
        for id, binding in BINDINGS.items()
        if id in rebound or former & set(binding.default_keys)
    }
    return {id: ",".join(each) for id, each in keys.items()}


def listed_bindings(rebound: Keys) -> Iterator[tuple[KeyBinding, tuple[str, ...]]]:
    """Yield every binding and its keys in force, in the order of the help."""
    for binding in BINDINGS.values():
        yield binding, rebound.get(binding.id or "", binding.default_keys)


def described_bindings() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return description and default keys of every binding by its id, for the JSON Schema."""
    return {id: (each.description, each.default_keys) for id, each in BINDINGS.items()}
