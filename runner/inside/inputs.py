"""Inputs of a job for the author's function: paths, and readers of JSON and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from resim_inspect.text import clean
from runner.inside.errors import InputsError
from runner.workspace.contract import (
    EXPERIENCE,
    LOGS,
    BatchConfig,
    ContractError,
    ReportConfig,
    names_in,
)

SHOWN_NAMES = 8


Config = TypeVar("Config", BatchConfig, ReportConfig)


def read_config(path: Path, parse: Callable[[bytes], Config]) -> Config:
    """Read a config from its file; raises InputsError."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise InputsError(f"{path} cannot be read: {error.strerror}.") from error
    except ContractError as error:
        first = error.findings[0]
        raise InputsError(f"{first.where} {first.message}", first.hint) from error


@dataclass(frozen=True)
class Inputs:
    """Experience and logs of a job, and the folder for files of metrics."""

    folder: Path
    """Path of the inputs, `/tmp/resim/inputs`."""
    outputs: Path
    """Path of the outputs, `/tmp/resim/outputs`, for images and other files of metrics."""

    @property
    def experience(self) -> Path:
        """Folder of the experience, which was simulated."""
        return self.folder / EXPERIENCE.name

    @property
    def logs(self) -> Path:
        """Folder of the files that the simulation wrote."""
        return self.folder / LOGS.name

    def path(self, name: str) -> Path:
        """Path of a file in logs, else in experience; raises InputsError if it is in neither."""
        for folder in (self.logs, self.experience):
            if (folder / name).is_file():
                return folder / name
        raise InputsError(
            f"the inputs have no file {clean(name, 120)}; {self._there()}.",
            "Check the name, and that the simulation writes it.",
        )

    def json(self, name: str) -> Any:
        """Read a JSON file by its name; raises InputsError."""
        path = self.path(name)
        try:
            return json.loads(_text(path))
        except (ValueError, RecursionError) as error:
            raise InputsError(f"{path} is not valid JSON: {clean(str(error), 160)}.") from error

    def csv(self, name: str) -> dict[str, list[str]]:
        """Read the columns of a CSV file, keyed by the names in its first row; raises InputsError.

        Cells stay text: `numpy.array(column, dtype=float)` converts a column to numbers. A row
        with another length than the first is an error; empty lines are ignored.
        """
        path = self.path(name)
        rows = csv.reader(_text(path).splitlines())
        try:
            header = next(rows, [])
            if not header or len(set(header)) != len(header):
                raise InputsError(f"{path} has no first row with unique column names.")
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
        # Spreadsheets write a byte order mark before the first name.
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputsError(f"{path} is not valid UTF-8 at byte {error.start:,}.") from error
    except OSError as error:
        raise InputsError(f"{path} cannot be read: {error.strerror}.") from error
