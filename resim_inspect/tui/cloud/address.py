"""Batches of the cloud: their addresses, `resim://PROJECT/BATCH[/JOB]`, and where they are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

from resim_inspect.errors import DocumentError
from resim_inspect.text import clean

SCHEME = "resim:"
FORM = "resim://PROJECT/BATCH or resim://PROJECT/BATCH/JOB"


class AddressError(DocumentError):
    """What was given is no such address, or there is no place to fetch to."""


class Address(NamedTuple):
    """A batch, or one job of it."""

    project: UUID
    batch: UUID
    job: str = ""
    """An id or a name; empty for the whole batch."""

    def __str__(self) -> str:
        job = f"/{quote(self.job, safe=' ')}" if self.job else ""
        return f"resim://{self.project}/{self.batch}{job}"

    @property
    def whole(self) -> Address:
        """The batch that it belongs to."""
        return self._replace(job="")

    @property
    def name(self) -> str:
        """The batch in few words."""
        return f"batch {str(self.batch)[:8]}…"


def is_address(text: str) -> bool:
    """Whether somebody means an address rather than a path, rightly spelt or not."""
    return text.strip().casefold().startswith(SCHEME)


def place_of(text: str) -> Path | Address:
    """What is typed or given: an address, or a path. Raises AddressError."""
    return address_of(text) if is_address(text) else Path(text.strip()).expanduser()


def address_of(text: str) -> Address:
    """The address that this spells. Raises AddressError."""
    text = text.strip()
    shown = clean(text, 120)
    rest = text[len(SCHEME) :]
    parts = rest[2:].rstrip("/").split("/") if rest.startswith("//") else []
    if len(parts) not in (2, 3) or not all(parts):
        raise AddressError(f"{shown} is no address of a batch: it is written {FORM}")
    ids = []
    for what, part in zip(("project", "batch"), parts, strict=False):
        try:
            ids.append(UUID(part))
        except ValueError:
            raise AddressError(
                f"{shown}: the {what} “{clean(part, 60)}” is no UUID; it is written {FORM}"
            ) from None
    project, batch = ids
    job = unquote(parts[2]) if len(parts) == 3 else ""
    if not job.isprintable():
        raise AddressError(f"{shown}: the job “{clean(job, 60)}” has characters that no name has")
    return Address(project, batch, job)


def api_of(environment: Mapping[str, str]) -> str:
    """Which API is asked: RESIM_API_URL, else ReSim's own. Raises AddressError for a wrong one."""
    from runner.api.client.urls import API, API_VARIABLE
    from runner.workspace.contract import url_problem

    url = environment.get(API_VARIABLE) or API
    problem = url_problem(url)
    if problem:
        raise AddressError(f'{API_VARIABLE} "{clean(url, 80)}" {problem}')
    return url


def cache_folder(address: Address, api: str, environment: Mapping[str, str]) -> Path:
    """Where a batch of an API is kept, there or not: one folder for a host, project and batch."""
    from runner.api.client.urls import origin_of

    origin = origin_of(api)
    usual = origin.port == (443 if origin.scheme == "https" else 80)
    host = re.sub(r"[^a-z0-9.-]", "_", origin.host) + ("" if usual else f"_{origin.port}")
    given = environment.get("XDG_CACHE_HOME", "")
    # The rules of the variable: what is no absolute path does not count.
    base = Path(given) if os.path.isabs(given) else Path.home() / ".cache"  # noqa: PTH117
    return base / "resim-inspect" / host / str(address.project) / str(address.batch)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may look into. Raises AddressError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.name == "posix":
            # Refused by the system where the folder is somebody else's.
            folder.chmod(0o700)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AddressError(f"{clean(str(folder))} cannot be made ready: {reason}") from error
