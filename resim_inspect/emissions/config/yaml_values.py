"""YAML as plain values with the line of every key: bounded, without tags and objects.

Values are those of PyYAML's safe loader, which the official emitter uses. The document is built
from the parser's events, since composing nodes recurses and expands what aliases repeat.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.resolver import Resolver

from resim_inspect.emissions.config.model import ConfigError, ConfigFile
from resim_inspect.files import exists, is_file
from resim_inspect.settings.faults import Key
from resim_inspect.text import clean

MAX_BYTES = 1 << 20
MAX_VALUES = 50_000
"""Values of a document, those that aliases repeat included."""
MAX_DEPTH = 64
MAX_INTEGER = 200
"""Characters of an integer: more digits than this, Python may not be able to write."""
_INTEGER = "tag:yaml.org,2002:int"
_MERGE = "tag:yaml.org,2002:merge"
_MAP, _SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


@dataclass
class _Node:
    """A value with its line; a mapping also has the lines of its keys."""

    value: Any
    line: int
    size: int = 1
    children: dict[Any, _Node] = field(default_factory=dict)
    key_lines: dict[Any, int] = field(default_factory=dict)
    duplicates: list[tuple[Any, int]] = field(default_factory=list)


@dataclass
class _Open:
    """A mapping or sequence that is being read."""

    node: _Node
    anchor: str | None
    is_mapping: bool
    key: _Node | None = None
    merged: list[_Node] = field(default_factory=list)


def read_yaml(path: Path) -> ConfigFile:
    """Read a file whose document is a mapping; raises ConfigError with the line of a fault.

    It refuses more than MAX_BYTES, MAX_VALUES or MAX_DEPTH, several documents, and tags.
    """
    root = _Builder(path, _text_of(path)).build()
    if root is None:
        return ConfigFile(path, {}, {})
    if not isinstance(root.value, dict):
        raise ConfigError("the file must be a mapping, with keys such as topics.", path, root.line)
    lines: dict[Key, int] = {}
    duplicates: list[tuple[Key, int]] = []
    text_lines: dict[Key, int] = {}
    _collect(root, (), lines, text_lines, duplicates)
    return ConfigFile(path, root.value, lines, tuple(duplicates), text_lines)


def _text_of(path: Path) -> str:
    if exists(path) and not is_file(path):
        # A pipe would block.
        raise ConfigError("the file is not a regular file.", path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"the file cannot be read: {reason}.", path) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"the file is larger than {MAX_BYTES >> 20} MiB.", path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError("the file is not UTF-8 text.", path, line) from error


def _collect(
    node: _Node,
    key: Key,
    lines: dict[Key, int],
    text_lines: dict[Key, int],
    duplicates: list[tuple[Key, int]],
) -> None:
    duplicates += [((*key, str(name)), line) for name, line in node.duplicates]
    for name, child in node.children.items():
        inner = (*key, name if isinstance(name, int) else str(name))
        lines[inner] = node.key_lines.get(name, child.line)
        if child.line != lines[inner]:
            text_lines[inner] = child.line
        _collect(child, inner, lines, text_lines, duplicates)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    """Builds one document from events, with a stack instead of recursion."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._anchors: dict[str, _Node] = {}
        self._stack: list[_Open] = []
        self._root: _Node | None = None
        self._resolver = Resolver()
        self._constructor = SafeConstructor()
        self._events = 0

    def build(self) -> _Node | None:
        """Return the document; None for a file with none."""
        documents = 0
        try:
            for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
                self._events += 1
                if self._events > 2 * MAX_VALUES:
                    raise self._error(f"the file has more than {MAX_VALUES:,} values.", event)
                documents += isinstance(event, yaml.DocumentStartEvent)
                if documents > 1:
                    raise self._error("the file has more than one document.", event)
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            reason = clean(error.problem or error.context or "it cannot be parsed", 200)
            line = mark.line + 1 if mark else 0
            raise ConfigError(f"the file is not valid YAML: {reason}.", self._path, line) from error
        except yaml.reader.ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1
            reason = "the file has a character that YAML does not allow."
            raise ConfigError(reason, self._path, line) from error
        except RecursionError as error:
            raise ConfigError("the file is nested too deeply.", self._path) from error
        return self._root

    def _error(self, reason: str, event: yaml.Event) -> ConfigError:
        return ConfigError(reason, self._path, _line(event))

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._place(self._alias(event), event)
        elif isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
            self._anchor(event.anchor, node)
            self._place(node, event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_tag(event, event.tag, (_MAP, _SEQUENCE))
            if len(self._stack) >= MAX_DEPTH:
                raise self._error(f"the file has more than {MAX_DEPTH} levels.", event)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            node = _Node({} if is_mapping else [], _line(event))
            self._stack.append(_Open(node, event.anchor, is_mapping))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self._stack.pop()
            self._merge(done)
            # An alias inside of what it names would never end: it is known only from here on.
            self._anchor(done.anchor, done.node)
            self._place(done.node, event)

    def _anchor(self, name: str | None, node: _Node) -> None:
        if name is None:
            return
        if name in self._anchors:
            reason = f"the anchor &{clean(name, 60)} is set twice."
            raise ConfigError(reason, self._path, node.line)
        self._anchors[name] = node

    def _alias(self, event: yaml.AliasEvent) -> _Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            name = clean(event.anchor or "", 60)
            raise self._error(f"the alias *{name} has no anchor of its name before it.", event)
        return node

    def _refuse_tag(self, event: yaml.Event, tag: str | None, known: tuple[str, ...]) -> None:
        if tag is not None and tag not in known and tag != "!":
            name = clean(tag, 60)
            raise self._error(f"the tag {name} is not allowed in a config.", event)

    def _scalar(self, event: yaml.ScalarEvent) -> _Node:
        self._refuse_tag(event, event.tag, ())
        resolve: Callable[..., str] = self._resolver.resolve
        tag = resolve(yaml.ScalarNode, event.value, event.implicit)
        node = yaml.ScalarNode(tag, event.value)
        line = _line(event)
        # The text of a block begins on the line after its indicator.
        line += event.style in ("|", ">")
        if tag == _MERGE:
            return _Node(_MERGE, line)
        if tag == _INTEGER and len(event.value) > MAX_INTEGER:
            text = clean(event.value, 60)
            reason = f"the integer {text} has more than {MAX_INTEGER} characters."
            raise self._error(reason, event)
        try:
            return _Node(self._constructor.construct_object(node), line)
        except (ValueError, OverflowError, ConstructorError) as error:
            text = clean(event.value, 60)
            raise self._error(f"the value {text} cannot be read.", event) from error

    def _place(self, node: _Node, event: yaml.Event) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.node.size += node.size
        if parent.node.size > MAX_VALUES:
            reason = f"the file has more than {MAX_VALUES:,} values, those of its aliases included."
            raise self._error(reason, event)
        if not parent.is_mapping:
            parent.node.children[len(parent.node.value)] = node
            parent.node.value.append(node.value)
        elif parent.key is None:
            if isinstance(node.value, dict | list):
                raise self._error("a key must be a text, not a list or a mapping.", event)
            parent.key = node
        else:
            self._pair(parent, parent.key, node)
            parent.key = None

    def _pair(self, parent: _Open, key: _Node, node: _Node) -> None:
        if key.value == _MERGE:
            parent.merged += (
                list(node.children.values()) if isinstance(node.value, list) else [node]
            )
            return
        name = key.value
        if isinstance(name, float) and math.isnan(name):
            name = ".nan"
        if name in parent.node.value:
            parent.node.duplicates.append((name, key.line))
        parent.node.value[name] = node.value
        parent.node.children[name] = node
        parent.node.key_lines[name] = key.line

    def _merge(self, done: _Open) -> None:
        """Add the pairs of `<<`, over which the mapping's own keys win, and earlier ones win."""
        for source in done.merged:
            if not isinstance(source.value, dict):
                reason = "the value of << must be a mapping or a list of mappings."
                raise ConfigError(reason, self._path, source.line)
            for name, child in source.children.items():
                if name not in done.node.value:
                    done.node.value[name] = child.value
                    done.node.children[name] = child
                    done.node.key_lines[name] = source.key_lines.get(name, child.line)
