"""`resim-inspect schema`: the JSON Schemas of the documents and files of both programs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from resim_inspect.commands import CommandError
from resim_inspect.exit_codes import ExitCode

PACKAGE = Path(__file__).parent.parent
FOLDERS = (PACKAGE / "schemas", PACKAGE / "settings")
"""Folders of the schemas: of JSON documents, and of files of settings."""
SUFFIX = ".schema.json"
USER_SETTINGS = "config"
"""Name of the schema of config.toml."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `schema`."""
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="the schema to print (default: list all)"
    )


def run(args: argparse.Namespace) -> int:
    """List the schemas, or print one; raises CommandError for an unknown name."""
    schemas = schema_files()
    if args.name is None:
        width = max(map(len, schemas))
        for name, path in schemas.items():
            title = json.loads(path.read_text(encoding="utf-8"))["title"]
            sys.stdout.write(f"{name:{width}}  {title}\n")
        return ExitCode.OK
    if args.name not in schemas:
        from difflib import get_close_matches

        near = get_close_matches(args.name, schemas, 1, 0.5)
        hint = f"; did you mean {near[0]}?" if near else "; `resim-inspect schema` lists them"
        raise CommandError(f"no schema has the name {args.name!r}{hint}")
    sys.stdout.write(schema_text(args.name))
    return ExitCode.OK


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
