"""The page of the Python API: the public names of both packages, by Sphinx's autodoc."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

MODULES = {
    "resim_inspect": "Read, check and make files of metrics.",
    "runner.inside": "For code that runs in an image based on the Dockerfile.",
}


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Python API"
    for module, about in MODULES.items():
        yield from ("", f"## {module}", "", about, "", "```{eval-rst}")
        for name in sorted(import_module(module).__all__):
            if name.startswith("_"):
                continue
            value = getattr(import_module(module), name)
            kind = "autoclass" if isinstance(value, type) else "autofunction"
            members = ["   :members:"] if kind == "autoclass" else []
            yield from (f".. {kind}:: {module}.{name}", *members, "")
        yield "```"
