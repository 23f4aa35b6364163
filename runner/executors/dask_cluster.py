"""The workers of a Dask cluster as an executor: the only module that knows `distributed`."""

from __future__ import annotations

import logging
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar
from uuid import uuid4

from resim_inspect.text import clean
from runner.errors import CallError, ExecutorError, WorkerError
from runner.executors.address import (
    PREFIX,
    RESOURCE,
    SchedulerAddress,
    TlsFiles,
    worker_command,
)
from runner.executors.call_batches import CallBatches
from runner.executors.checks import ClusterSurvey, Member
from runner.executors.loop_thread import run_in_thread

INSTALL = "pip install 'resim-inspect[dask]'"
CONNECT_TIMEOUT = 10.0
"""Seconds after which a scheduler that does not answer counts as unreachable."""
LOOK_INTERVAL = 5.0
"""Seconds between two looks at the workers."""
CLOSED = ("ConnectionResetError", "StreamClosedError", "CommClosedError", "Broken pipe")
"""Parts of the errors of a connection that the other end closes at once."""
NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE"})
"""Reasons of a handshake with a server that does not encrypt."""
CONTINUES = "Finished jobs are kept: run again, with this scheduler or another, or without one."

P = ParamSpec("P")
T = TypeVar("T")
Say = Callable[[str], None]


class DaskCluster(Executor):
    """The workers of a scheduler. Its calls have to be picklable, and start in their order.

    Futures raise ExecutorError for a scheduler that was lost, and WorkerError for a call that no
    worker could run. An exception of a call is never a reason to call it again.
    """

    def __init__(self, address: SchedulerAddress) -> None:
        self._address = address
        self._looked = time.monotonic()
        self._has_warned = False
        self._client = _connect(address)
        # Keys of other calls of the same scheduler must differ.
        prefix = f"resim-{uuid4().hex}"
        options = {"resources": {RESOURCE: 1}, "retries": 0, "pure": False}
        self._calls = CallBatches(self._client, prefix, options, self._as_error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    @property
    def description(self) -> str:
        """Description for people: `workers of tcp://10.0.0.1:8786`."""
        return f"workers of {self._address.url}"

    @property
    def slots(self) -> int:
        """Number of runs at once of the workers that are connected now; raises ExecutorError."""
        return sum(int(worker.get("resources", {}).get(RESOURCE, 0)) for worker in self._workers())

    def survey(self, packages: Sequence[str]) -> ClusterSurvey:
        """Return the members of the cluster with their versions of packages; raises ExecutorError.

        No code is sent there for it.
        """
        try:
            info: dict[str, Any] = self._client.scheduler_info(n_workers=-1)
            versions: dict[str, Any] = self._client.get_versions(packages=list(packages))
        except Exception as error:
            raise self._lost() from error
        workers = tuple(
            _member(address, about, versions["workers"].get(address))
            for address, about in info["workers"].items()
        )
        scheduler = _member(self._address.url, info, versions["scheduler"])
        return ClusterSurvey(scheduler, workers, _packages(versions["client"]))

    @property
    def worker_names(self) -> list[str]:
        """Names of the workers that are connected now; raises ExecutorError."""
        return [str(worker["name"]) for worker in self._workers()]

    def check(self, warn: Say, note: Say) -> None:  # noqa: ARG002 - for a cluster that makes its own
        """Look at the scheduler and its workers now and then; tell if no worker can run a job.

        Raises ExecutorError for a scheduler that is lost.
        """
        if self._client.status not in {"running", "connecting"}:
            raise self._lost()
        now = time.monotonic()
        if now - self._looked < LOOK_INTERVAL:
            return
        self._looked = now
        missing = self.slots == 0
        if missing and not self._has_warned:
            url = self._address.url
            warn(
                f"no worker of {url} has the resource {RESOURCE}, so the jobs wait: start one with"
                f" `{worker_command(url)}`."
            )
        self._has_warned = missing

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a picklable function on a worker that has a slot for it."""
        return self._calls.submit(partial(fn, *args, **kwargs))

    def cancel_waiting(self) -> None:
        """Cancel all calls if no worker is connected: none can have begun."""
        if self._calls and self.slots == 0:
            self._calls.cancel()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Disconnect; what workers have not begun by then is dropped."""
        self._calls.close()
        with suppress(Exception):
            self._client.close(timeout=2)

    def _as_error(self, error: Exception | None) -> Exception:
        if error is None or self._client.status not in {"running", "connecting"}:
            return self._lost()
        return _as_worker_error(error)

    def _workers(self) -> list[dict[str, Any]]:
        try:
            return list(self._client.scheduler_info(n_workers=-1)["workers"].values())
        except Exception as error:
            raise self._lost() from error

    def _lost(self) -> ExecutorError:
        return ExecutorError(f"the Dask scheduler {self._address.url} was lost.", CONTINUES)


def _member(address: str, about: dict[str, Any], versions: object) -> Member:
    slots = int(about.get("resources", {}).get(RESOURCE, 0))
    return Member(
        address, slots, _packages(versions), int(about.get("services", {}).get("dashboard", 0))
    )


def _packages(versions: object) -> dict[str, str]:
    """Return the versions of packages that a process told; empty for one that told none."""
    known = versions.get("packages") if isinstance(versions, dict) else None
    return {name: str(value) for name, value in known.items()} if isinstance(known, dict) else {}


def _as_worker_error(error: Exception) -> WorkerError:
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return WorkerError(
            f"{error.allowed_failures + 1} workers ended while they ran this job.",
            "Read the logs of the workers for the reason, which is usually too little memory.",
        )
    reason = clean(f"{type(error).__name__}: {error}", 200)
    return WorkerError(
        f"a worker cannot run this job ({reason}).",
        f"Install the same version on all machines: {INSTALL}.",
    )


def _connect(address: SchedulerAddress) -> Any:
    """Connect to a scheduler; raises ExecutorError."""
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise ExecutorError("--executor needs Dask.", f"Install it: {INSTALL}.") from error
    silence()
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    security = _security(address) if address.is_encrypted else None
    if security is not None:
        _check_encrypts(address, security.get_connection_args("client")["ssl_context"])
    _check_answers(address, security)
    try:
        return Client(  # type: ignore[no-untyped-call]
            address.url,
            timeout=CONNECT_TIMEOUT,
            security=security,
            set_as_default=False,
            name="resim-runner",
        )
    except Exception as error:
        raise _unreachable(address, error) from error


def _check_answers(address: SchedulerAddress, security: Any) -> None:
    """Raise ExecutorError for a server that is not Dask's, or hangs: Dask's client would wait on.

    Dask limits the time of a connection, but not that of the first answer on it.
    """
    from distributed.comm.core import connect

    words = {} if security is None else security.get_connection_args("client")

    async def ask() -> None:
        timeout = CONNECT_TIMEOUT
        comm = await connect(address.url, timeout=timeout, **words)  # type: ignore[no-untyped-call]
        comm.abort()

    try:
        run_in_thread(ask, CONNECT_TIMEOUT + 2)
    except TimeoutError as error:
        raise ExecutorError(
            f"the server at {address.url} does not answer, or is not a Dask scheduler.",
            "Check the address, or start the scheduler again.",
        ) from error
    except OSError as error:
        raise _unreachable(address, error) from error
    except Exception as error:
        # Such as MemoryError: Dask takes what another server sends for the size of a message.
        raise ExecutorError(
            f"the server at {address.url} is not a Dask scheduler, or one of another version.",
            "Check the host and the port, and install the same version of distributed on all"
            " machines.",
        ) from error


def _check_encrypts(address: SchedulerAddress, context: ssl.SSLContext) -> None:
    """Raise ExecutorError for a server without TLS, from which Dask's client does not recover."""
    host, _, port = address.url.removeprefix("tls://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT) as plain:
            context.wrap_socket(plain).close()
    except ssl.SSLError as error:
        if error.reason in NO_TLS:
            raise ExecutorError(
                f"the Dask scheduler {address.url} does not use TLS.",
                f"Use --executor {PREFIX}{address.url.replace('tls:', 'tcp:')}, or start it with"
                " `--protocol tls`.",
            ) from error
    except OSError:
        # The client tries again, and tells the reason.
        return


def _unreachable(address: SchedulerAddress, error: Exception) -> ExecutorError:
    """Return the reason why no connection came about, as far as the error tells it."""
    text = clean(str(error) or type(error).__name__, 160).rstrip(".")
    url, secure = address.url, address.url.replace("tcp://", "tls://")
    ours = "Give files of the scheduler's authority with --tls-ca-file, --tls-cert and --tls-key."
    if not address.is_encrypted and any(word in text for word in CLOSED):
        return ExecutorError(
            f"the Dask scheduler {url} closes the connection, as one with TLS does.",
            f"For TLS use --executor dask+{secure}, with --tls-ca-file, --tls-cert and --tls-key.",
        )
    if address.is_encrypted and "TLS certificate does not match" in text:
        return ExecutorError(
            f"the certificate of the Dask scheduler {url} was not issued by the given authority.",
            ours,
        )
    if address.is_encrypted and any(word in text for word in ("_ALERT_", "SSLEOFError", *CLOSED)):
        # Its alert may be lost, as it closes the connection at once.
        return ExecutorError(
            f"the Dask scheduler {url} closes the connection, as one that refuses the certificate"
            " does.",
            ours,
        )
    return ExecutorError(
        f"the Dask scheduler {url} cannot be reached within {CONNECT_TIMEOUT:.0f} s ({text}).",
        "Start one with `dask scheduler --host HOST --dashboard-address 127.0.0.1:0`.",
    )


def silence() -> None:
    """Let Dask log nothing: errors become sentences, and its lines would be drawn into a table.

    The libraries below it log the same errors once more, with tracebacks.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            # Each of its loggers has a level and a handler of its own.
            logging.getLogger(name).disabled = True


def _security(address: SchedulerAddress) -> Any:
    """Return the settings of TLS; raises CallError for those that are missing."""
    from distributed import Security

    files = {
        "tls_ca_file": address.tls.ca,
        "tls_client_cert": address.tls.cert,
        "tls_client_key": address.tls.key,
    }
    # What is left out is taken from Dask's configuration.
    paths = {name: str(path) for name, path in files.items() if path is not None}
    security = Security(require_encryption=True, **paths)  # type: ignore[no-untyped-call]
    if not all(getattr(security, name) for name in files):
        raise CallError(
            f"no certificates are given for {address.url}.",
            "Give them with --tls-ca-file, --tls-cert and --tls-key, or in Dask's configuration"
            " (distributed.comm.tls).",
        )
    try:
        security.get_connection_args("client")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        # An SSLError has no text without its library and reason.
        reason = clean(getattr(error, "reason", None) or str(error), 80)
        raise CallError(
            f"the TLS files for {address.url} cannot be used ({reason}).",
            "Give three PEM files: an authority, a certificate, and the key of this certificate.",
        ) from error
    return security


def temporary_certificates(folder: Path) -> tuple[TlsFiles, Any]:
    """Make certificates for one call in a folder that only the user may read.

    Return their files, and the same for a scheduler and workers. Raises ImportError without
    `cryptography`, and OSError.
    """
    from distributed import Security

    made: Any = Security.temporary()  # type: ignore[no-untyped-call]
    contents = {"ca": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}
    for name, content in contents.items():
        (folder / f"{name}.pem").write_text(content, "ascii")
    files = TlsFiles(*(folder / f"{name}.pem" for name in contents))
    sides = {
        f"tls_{side}_{kind}": str(folder / f"{kind}.pem")
        for side in ("scheduler", "worker", "client")
        for kind in ("cert", "key")
    }
    security = Security(  # type: ignore[no-untyped-call]
        require_encryption=True, tls_ca_file=str(files.ca), **sides
    )
    return files, security
