"""Values of `--executor`: threads of this process, or the scheduler of a Dask cluster."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.files import is_file
from resim_inspect.text import clean
from runner.errors import CallError

THREADS = "threads"
SLURM = "slurm"
FORMS = "threads, slurm, dask+tcp://HOST:PORT, dask+tls://HOST:PORT, or dask-file:PATH"
FILE = "dask-file:"
PREFIX = "dask+"
RESOURCE = "resim"
"""Resource of a worker that stands for one run at a time."""
WORKER_END = "runner.executors.worker_end"
"""Module that a worker preloads, which ends it by TERM; Dask may hang if its scheduler is lost."""
MAX_FILE_BYTES = 1 << 20
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%\w]+\]|[\w.-]+):(\d{1,5})", re.ASCII)
"""Address of a scheduler: `tcp://HOST:PORT`, or `tls://` for one with encryption."""


class TlsFiles(NamedTuple):
    """Paths of PEM files for connections by TLS; None leaves Dask's own setting."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


NO_FILES = TlsFiles()


class SchedulerAddress(NamedTuple):
    """Address of the scheduler of a Dask cluster, and the files for its encryption."""

    url: str
    tls: TlsFiles = NO_FILES

    @property
    def is_encrypted(self) -> bool:
        """True for an address of TLS."""
        return self.url.startswith("tls://")


def scheduler_address(text: str, tls: TlsFiles = NO_FILES) -> SchedulerAddress | None:
    """Return the scheduler that a value of `--executor` names; None for threads.

    Raises CallError for anything else, and for a scheduler file that cannot be read.
    """
    if text == THREADS:
        address = None
    elif text.startswith(FILE):
        address = SchedulerAddress(_from_file(Path(text.removeprefix(FILE))), tls)
    elif text.startswith(PREFIX) and is_address(text.removeprefix(PREFIX)):
        address = SchedulerAddress(text.removeprefix(PREFIX), tls)
    else:
        raise CallError(
            f'the executor "{clean(text, 80)}" is not known.', f"The executors are {FORMS}."
        )
    if any(tls) and (address is None or not address.is_encrypted):
        raise CallError(
            "--tls-ca-file, --tls-cert and --tls-key need an executor with TLS.",
            "Use --executor dask+tls://HOST:PORT.",
        )
    for path in tls:
        if path is not None and not is_file(path):
            raise CallError(
                f"the TLS file {clean(str(path))} does not exist or is not a file.",
                "Correct the path in --tls-ca-file, --tls-cert or --tls-key.",
            )
    return address


def is_address(text: str) -> bool:
    """Return True for an address of a scheduler."""
    match = ADDRESS.fullmatch(text)
    return match is not None and 0 < int(match[3]) < 1 << 16


def _from_file(path: Path) -> str:
    """Return the address in a scheduler file, which `dask scheduler --scheduler-file` writes."""
    name = clean(str(path))
    try:
        with path.open("rb") as file:
            values: Any = json.loads(file.read(MAX_FILE_BYTES))
    except OSError as error:
        raise CallError(
            f"the scheduler file {name} cannot be read: {error.strerror}.",
            "`dask scheduler --scheduler-file PATH` writes one.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise CallError(f"{name} is not a scheduler file: it is not JSON.") from error
    address = values.get("address") if isinstance(values, dict) else None
    if not isinstance(address, str) or not is_address(address):
        raise CallError(
            f"{name} is not a scheduler file: it has no address such as tcp://HOST:PORT.",
            "`dask scheduler --scheduler-file PATH` writes one.",
        )
    return address


def worker_command(url: str) -> str:
    """Return the command that starts a worker of a scheduler, for people; N is to be replaced."""
    return f"dask worker {url} --resources {RESOURCE}=N --preload {WORKER_END}"
