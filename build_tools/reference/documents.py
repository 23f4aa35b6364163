"""The page of JSON documents: what each `--format json` prints, from the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator

from build_tools.reference.settings import table
from resim_inspect.commands.shared.shipped_schemas import FOLDERS, schema_files

INTRODUCTION = """\
Each document has `"format": 1`. Fields may be added; none is renamed or removed while that number
stands. `resim-inspect schema NAME` prints the JSON Schema of a document. NaN and infinities are the
strings `"NaN"`, `"Infinity"` and `"-Infinity"`. Texts are as in the files, escaped by JSON's rules.
"""


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("# JSON documents", "", *INTRODUCTION.splitlines())
    for name, path in schema_files().items():
        if path.parent != FOLDERS[0]:
            continue
        schema = json.loads(path.read_text(encoding="utf-8"))
        title, about = schema["title"], schema["description"]
        yield from ("", f"## {name}", "", f"`{title}`: {about}", "", *table(schema))
