"""`resim-inspect schema`: the JSON Schemas of the documents and files of both programs."""

from __future__ import annotations

import argparse
import json
import sys

from resim_inspect.commands import CommandError
from resim_inspect.commands.shared.shipped_schemas import schema_files, schema_text
from resim_inspect.exit_codes import ExitCode


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
