"""Record of everything that an export leaves out, for the summary."""

from __future__ import annotations

from collections import Counter

from resim_inspect.text import clean, count

MAX_ERRORS = 20
"""Number of errors that are kept in full; all are counted."""


class Omissions:
    """Counts of what is left out for a good reason, and errors of parts that cannot be read."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.errors: list[str] = []
        self.error_count = 0
        self.notes: list[str] = []
        """Other remarks, each a sentence."""

    def add(self, noun: str, reason: str, number_of: int = 1) -> None:
        """Count something that is left out: `external file`, `they hold no series`."""
        self.counts[noun, reason] += number_of

    def error(self, job: str, sentence: str) -> None:
        """Record a part of a job that cannot be read."""
        self.error_count += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(f"{clean(job, 80)}: {clean(sentence, 300)}")

    def lines(self) -> list[str]:
        """One line for each kind, such as `2 external files: they hold no series`."""
        return [
            f"{count(number_of, noun, _plural(noun))}: {reason}"
            for (noun, reason), number_of in self.counts.items()
        ]


def _plural(noun: str) -> str:
    return noun if noun.endswith(("series", "data")) else noun + "s"
