"""Differences between the CLI and the SDK where several config files are merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from resim_inspect.emissions.config.model import ConfigFault, ConfigFile, where
from resim_inspect.settings.faults import Origin
from resim_inspect.text import clean

_NOUNS = {"topics": "topic", "metrics": "metric", "metrics sets": "metrics set"}
_KNOWN = {"version", "global", "dashboards", *_NOUNS}


def merge_faults(files: Sequence[ConfigFile]) -> Iterator[ConfigFault]:
    """Yield what keeps files from being merged, and what the two merge differently."""
    if len(files) > 1:
        yield from _versions(files)
        for section, noun in _NOUNS.items():
            yield from _repeated(files, section, noun, "config-merge")
        yield from _repeated(files, "dashboards", "dashboard", "config-merge-differs")
        yield from _whole_dashboards(files)
    yield from _keys_that_the_cli_drops(files)
    yield from _shared_skip(files)


def _versions(files: Sequence[ConfigFile]) -> Iterator[ConfigFault]:
    first = files[0].values.get("version")
    for file in files:
        origin = file.origin("version")
        version = file.values.get("version")
        if "version" not in file.values:
            message = "is missing, and each of several files needs one"
            yield ConfigFault("config-merge", origin, "version", message)
        elif "version" in files[0].values and version != first:
            message = f"differs from that of {clean(files[0].path.name)}"
            yield ConfigFault("config-merge", origin, "version", message)


def _repeated(
    files: Sequence[ConfigFile], section: str, noun: str, kind: str
) -> Iterator[ConfigFault]:
    known: dict[str, Origin] = {}
    for file in files:
        entries = file.values.get(section)
        for name in entries if isinstance(entries, Mapping) else ():
            origin = file.origin(section, str(name))
            if str(name) in known:
                other = known[str(name)]
                message = f"is a {noun} of {clean(other.path.name)}:{other.line} too"
                yield ConfigFault(kind, origin, where((section, str(name))), message)
            else:
                known[str(name)] = origin


def _whole_dashboards(files: Sequence[ConfigFile]) -> Iterator[ConfigFault]:
    having = [file for file in files if file.values.get("dashboards")]
    for file in having[:-1]:
        message = f"are dropped by the SDK, which takes those of {clean(having[-1].path.name)} only"
        yield ConfigFault("config-merge-differs", file.origin("dashboards"), "dashboards", message)


def _keys_that_the_cli_drops(files: Sequence[ConfigFile]) -> Iterator[ConfigFault]:
    for file in files:
        for key in file.values:
            if str(key) not in _KNOWN:
                text = clean(str(key), 80)
                message = "is dropped by the CLI and sent to the server by the SDK"
                yield ConfigFault("config-merge-differs", file.origin(str(key)), text, message)


def _shared_skip(files: Sequence[ConfigFile]) -> Iterator[ConfigFault]:
    for file in files:
        if "global" in file.values:
            message = "is applied by the CLI (from 0.45 on), which removes it; the SDK leaves it in"
            yield ConfigFault("config-merge-differs", file.origin("global"), "global", message)
