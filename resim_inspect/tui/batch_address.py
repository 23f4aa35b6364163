"""Addresses of batches in the cloud: `resim://PROJECT/BATCH[/JOB]`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

from resim_inspect.errors import InspectError
from resim_inspect.files import expanded
from resim_inspect.text import clean

SCHEME = "resim:"
FORM = "resim://PROJECT/BATCH or resim://PROJECT/BATCH/JOB"


class AddressError(InspectError):
    """An address that is malformed, or that cannot be fetched with the given settings."""


class BatchAddress(NamedTuple):
    """A batch, or one job of it."""

    project: UUID
    batch: UUID
    job: str = ""
    """ID or name of a job; empty for the whole batch."""

    def __str__(self) -> str:
        job = f"/{quote(self.job, safe=' ')}" if self.job else ""
        return f"resim://{self.project}/{self.batch}{job}"

    @property
    def whole_batch(self) -> BatchAddress:
        """Address of the whole batch."""
        return self._replace(job="")

    @property
    def name(self) -> str:
        """Short name of the batch for titles."""
        return f"batch {str(self.batch)[:8]}…"


def is_address(text: str) -> bool:
    """Return True if a text is meant as an address rather than a path, well-formed or not."""
    return text.strip().casefold().startswith(SCHEME)


def parse_path_or_address(text: str) -> Path | BatchAddress:
    """Parse what a user typed or passed. Raises AddressError."""
    return parse_address(text) if is_address(text) else expanded(text.strip())


def parse_address(text: str) -> BatchAddress:
    """Parse an address. Raises AddressError."""
    text = text.strip()
    shown = clean(text, 120)
    rest = text[len(SCHEME) :]
    parts = rest[2:].rstrip("/").split("/") if rest.startswith("//") else []
    if len(parts) not in (2, 3) or not all(parts):
        raise AddressError(f"{shown} is not a valid batch address; the format is {FORM}")
    ids = []
    for field, part in zip(("project", "batch"), parts, strict=False):
        try:
            ids.append(UUID(part))
        except ValueError:
            raise AddressError(
                f"{shown}: the {field} “{clean(part, 60)}” is not a valid UUID; "
                f"the format is {FORM}"
            ) from None
    project, batch = ids
    job = unquote(parts[2]) if len(parts) == 3 else ""
    if not job.isprintable():
        raise AddressError(
            f"{shown}: the job “{clean(job, 60)}” contains characters that no name can have"
        )
    return BatchAddress(project, batch, job)
