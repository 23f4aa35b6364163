"""A job's inputs as a build sees them: paths, and the two formats that most logs come in."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resim_inspect.text import clean
from runner.inside.errors import InputsError
from runner.workspace.contract import EXPERIENCE, LOGS, names_in

SHOWN_NAMES = 8


@dataclass(frozen=True)
class Inputs:
    """What a job left: its experience, its logs; and the folder for the files of the metrics."""

    folder: Path
    """`/tmp/resim/inputs`"""
    outputs: Path
    """`/tmp/resim/outputs`: images go here, and a metric names them by their path in it."""

    @property
    def experience(self) -> Path:
        """The folder with what was simulated."""
        return self.folder / EXPERIENCE.name

    @property
    def logs(self) -> Path:
        """The folder with what the simulation wrote."""
        return self.folder / LOGS.name

    def path(self, name: str) -> Path:
        """The file of that name in logs, else in experience; raises InputsError without one."""
        for folder in (self.logs, self.experience):
            if (folder / name).is_file():
                return folder / name
        raise InputsError(
            f"the inputs have no file {clean(name, 120)}; {self._there()}.",
            "Check the name, and that the simulation writes it.",
        )

    def json(self, name: str) -> Any:
        """A JSON file's value, by the name of the file; raises InputsError."""
        path = self.path(name)
        try:
            return json.loads(_text(path))
        except (ValueError, RecursionError) as error:
            raise InputsError(f"{path} is no JSON: {clean(str(error), 160)}.") from error

    def csv(self, name: str) -> dict[str, list[str]]:
        """A CSV file's columns, by the names in its first row; raises InputsError.

        The cells are texts as they are written: `numpy.array(column, dtype=float)` makes
        numbers of a column, as fast as it gets. A row of another length than the first is an
        error; empty lines are not rows.
        """
        path = self.path(name)
        rows = csv.reader(_text(path).splitlines())
        try:
            header = next(rows, [])
            if not header or len(set(header)) != len(header):
                raise InputsError(f"{path} has no first row with the columns' names, each once.")
            table = []
            for row in rows:
                if len(row) == len(header):
                    table.append(row)
                elif row:
                    cells = f"{len(row)} cells, and {len(header)} columns have a name"
                    raise InputsError(f"{path}: line {rows.line_num} has {cells}.")
        except csv.Error as error:
            raise InputsError(f"{path}: line {rows.line_num}: {clean(str(error))}.") from error
        columns = zip(*table, strict=True) if table else ([] for _ in header)
        return {name: list(column) for name, column in zip(header, columns, strict=True)}

    def _there(self) -> str:
        names = [
            f"{folder.name}/{clean(name, 60)}"
            for folder in (self.experience, self.logs)
            for name in names_in(folder)
        ]
        if not names:
            return "they are empty"
        more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
        return "there are " + ", ".join(names[:SHOWN_NAMES]) + more


def _text(path: Path) -> str:
    try:
        # Spreadsheets put a mark before the first column's name.
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputsError(f"{path} is no UTF-8 text: byte {error.start:,} breaks it.") from error
    except OSError as error:
        raise InputsError(f"{path} cannot be read: {error.strerror}.") from error
