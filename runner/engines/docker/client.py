"""Client of a container engine's API; the only engine module with docker-py and requests."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import requests
from docker.auth import get_config_header, resolve_repository_name
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import parse_repository_tag

from resim_inspect.text import clean
from runner.errors import EngineError, ImageError

MIB = 1 << 20
SECONDS = 60
STALL = 300.0
"""Seconds without progress after which a pull fails; unpacking a large layer reports nothing."""
BUILD_SECONDS = 3600.0
"""Seconds of silence after which the build of an image fails; a step may print nothing."""
POOL = 256
BROKEN = (requests.RequestException, DockerException, OSError)
CONNECTION_ERRORS: tuple[tuple[type[BaseException], str], ...] = (
    (FileNotFoundError, "its socket does not exist"),
    (PermissionError, "the permission to use its socket is denied"),
    (ConnectionRefusedError, "it refuses connections"),
    (socket.gaierror, "its host is not known"),
    (ssl.SSLError, "the certificates do not match"),
    (TimeoutError, "it does not answer in time"),
    (requests.Timeout, "it does not answer in time"),
    (ConnectionError, "it closed the connection"),
    (http.client.HTTPException, "it closed the connection"),
    (requests.exceptions.ChunkedEncodingError, "it closed the connection"),
)
"""Exceptions of a connection and their meaning, the most telling ones first."""
ENDING = re.compile(
    r"database not open|transport is closing|connection is unavailable|context canceled"
    r"|ttrpc: closed|shutting down|containerd\.sock|error reading from server: EOF"
)
"""Errors of an engine that is being stopped."""
INVALID_NAME = "invalid reference format"
HINTS = (
    ("container-init", "Install catatonit, podman's init process, or run with --no-init."),
    ("ermission denied", "Become a member of the engine's group, or use a rootless engine."),
    (
        "its socket does not exist",
        "Start it, or set DOCKER_HOST to the address on which it listens.",
    ),
    ("refuses connections", "Start it, or set DOCKER_HOST to the address on which it listens."),
)


class DockerClient:
    """A connection to an engine, for many threads at once; every method raises EngineError."""

    def __init__(self, address: str, certificates: str = "") -> None:
        with engine_errors("does not answer"):
            self.api: Any = docker.APIClient(
                base_url=address,
                version="auto",
                timeout=SECONDS,
                tls=_tls(certificates),
                max_pool_size=POOL,
            )
        self._base = f"{self.api.base_url}/v{self.api.api_version}"
        self.leftovers = False
        """True if the engine did not answer when something was to be removed."""

    def close(self) -> None:
        """Close the connections."""
        self.api.close()

    def control(self) -> dict[str, Any]:
        """Podman's description of its host, which docker's API lacks in part; empty if unknown."""
        with engine_errors("does not answer"):
            answer = self.api.get(f"{self._base}/libpod/info", timeout=SECONDS)
            if answer.status_code != 200:
                return {}
            with suppress(ValueError):
                values = answer.json()
                host = values.get("host") if isinstance(values, dict) else None
                return host if isinstance(host, dict) else {}
        return {}

    def image(self, name: str) -> dict[str, Any] | None:
        """Description of an image by the engine; None if it has no image of that name."""
        with engine_errors("does not answer"):
            try:
                image: dict[str, Any] = self.api.inspect_image(name)
            except ImageNotFound:
                return None
            except APIError as error:
                if INVALID_NAME in str(error.explanation):
                    raise _invalid_name(name) from error
                raise
            return image

    def pull(self, name: str, platform: str) -> Iterator[dict[str, Any]]:
        """Yield the steps of a pull as they come; raises ImageError if it stalls."""
        # Requested directly: docker-py would wait forever for a silent registry.
        repository, tag = parse_repository_tag(name)
        wanted = {"fromImage": repository, "tag": tag or "latest", "platform": platform or None}
        try:
            with ExitStack() as stack:
                registry, _ = resolve_repository_name(repository)
                header = get_config_header(self.api, registry)
                answer = self.api.post(
                    f"{self._base}/images/create",
                    params=wanted,
                    headers={"X-Registry-Auth": header} if header else {},
                    stream=True,
                    timeout=(SECONDS, STALL),
                )
                stack.callback(answer.close)
                if answer.status_code >= 400:
                    yield {"error": _message(answer)}
                    return
                for line in answer.iter_lines():
                    with suppress(ValueError, RecursionError):
                        step = json.loads(line)
                        if isinstance(step, dict):
                            yield step
        except BROKEN as error:
            if "timed out" in str(error).lower():
                raise ImageError(
                    f'the image "{clean(name, 120)}" cannot be pulled: no progress for'
                    f" {STALL:g} s.",
                    "Run again later, or build it here.",
                ) from error
            yield {"error": reason(error)}

    def build(
        self, name: str, context: Path, dockerfile: Path, platform: str, *, pull: bool
    ) -> Iterator[dict[str, Any]]:
        """Yield the steps of an image's build as they come; raises EngineError."""
        with engine_errors("cannot build the image"):
            try:
                yield from self.api.build(
                    path=str(context),
                    dockerfile=str(dockerfile.absolute()),
                    tag=name,
                    platform=platform or None,
                    pull=pull,
                    rm=True,
                    forcerm=True,
                    decode=True,
                    timeout=BUILD_SECONDS,
                )
            except DockerException as error:
                if INVALID_NAME in str(error):
                    raise _invalid_name(name) from error
                raise

    def wait(self, container: str, seconds: float) -> bool:
        """Wait for a container; return True if it ended within that time."""
        begun = time.monotonic()
        try:
            self.api.wait(container, timeout=max(0.1, seconds))
        except NotFound as error:
            raise EngineError("the container was removed while it ran.") from error
        except BROKEN as error:
            # A timeout is raised as one of several exceptions, like a lost connection.
            if isinstance(error, requests.RequestException) and (
                time.monotonic() - begun >= min(seconds, SECONDS) * 0.9
            ):
                return False
            raise EngineError(
                f"the engine stopped answering while the build ran: {reason(error)}",
                "Start it again and repeat the command: finished jobs are not run again.",
            ) from error
        return True

    def archive(self, container: str, path: str, stack: ExitStack) -> Iterator[bytes] | None:
        """Folder of a container as a tar stream, closed with `stack`; None if it does not exist."""
        # Requested directly: the stream of docker-py cannot be closed, and an engine that still
        # has to send the rest of a refused archive does not release the container.
        answer = self.api.get(
            f"{self._base}/containers/{container}/archive",
            params={"path": path},
            stream=True,
            timeout=SECONDS,
        )
        stack.callback(answer.close)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        chunks: Iterator[bytes] = answer.iter_content(MIB)
        return chunks

    def signal(self, container: str, name: str) -> None:
        """Send a signal."""
        # A container that has ended, or a lost engine, is noticed by `wait`.
        with suppress(*BROKEN):
            self.api.kill(container, name)

    def remove(self, container: str) -> str:
        """Remove a container and its volumes; return what went wrong, empty if nothing did."""
        try:
            self.api.remove_container(container, force=True, v=True)
        except NotFound:
            return ""
        except BROKEN as error:
            if isinstance(error, APIError) and "in progress" in str(error.explanation):
                return ""
            self.leftovers = True
            return f"the container {container[:12]} was not removed: {reason(error)}"
        return ""

    def remove_volumes(self, labels: Mapping[str, str]) -> None:
        """Remove the volumes with these labels, such as those of a container that was refused."""
        wanted = [f"{name}={value}" for name, value in labels.items()]
        try:
            for volume in self.api.volumes(filters={"label": wanted}).get("Volumes") or ():
                # One that a container still uses is removed with it.
                with suppress(APIError):
                    self.api.remove_volume(volume["Name"], force=True)
        except BROKEN:
            self.leftovers = True

    def discard(self, remove: Callable[[str], object], name: str) -> str:
        """Remove something by its name; return what went wrong, empty if it is gone."""
        try:
            remove(name)
        except NotFound:
            return ""
        except BROKEN as error:
            return reason(error)
        return ""


@contextmanager
def engine_errors(what: str) -> Iterator[None]:
    """Turn every exception of the engine's library into an EngineError: `the engine {what}: …`."""
    try:
        yield
    except BROKEN as error:
        text = reason(error)
        hint = next((hint for word, hint in HINTS if word in text), "")
        raise EngineError(f"the engine {what}: {text}", hint) from error


def reason(error: Exception) -> str:
    """Message of an engine, or what is wrong with the connection, as the end of a sentence."""
    if isinstance(error, APIError):
        text = str(error.explanation or error)
        if error.status_code is not None and error.status_code >= 500 and ENDING.search(text):
            text = "it is shutting down"
    else:
        causes = list(_causes(error))
        matches = (
            text
            for kind, text in CONNECTION_ERRORS
            if any(isinstance(each, kind) for each in causes)
        )
        text = next(matches, str(error))
    return clean(text, 300).rstrip(".") + "."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it wraps, which the libraries do in several ways."""
    pending, known = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) not in known:
            known.add(id(each))
            yield each
            inner = (each.__cause__, each.__context__, getattr(each, "reason", None), *each.args)
            pending += [cause for cause in inner if isinstance(cause, BaseException)]


def refusal(error: Exception) -> str:
    """Reason why an engine refused to start a container, in its words; empty for other errors."""
    return str(error.explanation or "") if isinstance(error, APIError) else ""


def _invalid_name(name: str) -> ImageError:
    return ImageError(
        f'"{clean(name, 80)}" is not a valid name of an image.',
        "Write [REGISTRY/]NAME[:TAG] in lower case and without spaces, such as my-metrics:dev.",
    )


def _message(answer: Any) -> str:
    with suppress(ValueError):
        values = answer.json()
        if isinstance(values, dict) and values.get("message"):
            return str(values["message"])
    return f"the engine answered {answer.status_code}"


def _tls(certificates: str) -> docker.tls.TLSConfig | bool:
    if not certificates:
        return False
    folder = Path(certificates)
    client = (str(folder / "cert.pem"), str(folder / "key.pem"))
    return docker.tls.TLSConfig(ca_cert=str(folder / "ca.pem"), client_cert=client, verify=True)
