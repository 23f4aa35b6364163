"""The JSON Schemas that both programs have for their documents and files."""

from __future__ import annotations

import json
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
FOLDERS = (PACKAGE / "schemas", PACKAGE / "settings")
"""Folders of the schemas: of JSON documents, and of files of settings."""
SUFFIX = ".schema.json"
USER_SETTINGS = "config"
"""Name of the schema of config.toml."""


def schema_text(name: str) -> str:
    """Return a schema as it is printed; that of config.toml names all actions of the app."""
    if name != USER_SETTINGS:
        return schema_files()[name].read_text(encoding="utf-8")
    # The actions are those of the app, which takes time to import.
    from resim_inspect.settings.user import complete_schema
    from resim_inspect.tui.key_settings.rebinding import described_bindings

    return json.dumps(complete_schema(described_bindings()), indent=2, ensure_ascii=False) + "\n"


def schema_files() -> dict[str, Path]:
    """Return the files of all schemas by the schema's name: documents first, then settings."""
    return {
        path.name.removesuffix(SUFFIX): path
        for folder in FOLDERS
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    }
