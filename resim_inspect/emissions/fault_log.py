"""Faults of lines while they are read: counted, with the first line of each kind."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.emissions.model import Fault

MAX_FAULTS = 1000
"""Number of different faults that are told apart; one more stands for all others."""


class FaultLog:
    """Collects faults; equal ones of a topic and file are counted as one."""

    def __init__(self) -> None:
        self._faults: dict[tuple[int, str, str, str], Fault] = {}

    def add(
        self, kind: str, file: int, line: int, topic: str, message: str, detail: str = ""
    ) -> None:
        """Count a line with a fault; `detail` continues the message of the first such line."""
        key = (file, kind, topic, message)
        known = self._faults.get(key)
        if known is None and len(self._faults) >= MAX_FAULTS:
            key = (file, kind, "", "has a fault like those of other lines")
            known = self._faults.get(key)
        if known is None:
            text = f"{key[3]} {detail}".rstrip()
            self._faults[key] = Fault(kind, file, line, key[2], text)
        else:
            self._faults[key] = replace(known, count=known.count + 1)

    def faults(self) -> tuple[Fault, ...]:
        """All faults by file and first line."""
        return tuple(sorted(self._faults.values(), key=lambda fault: (fault.file, fault.line)))
