"""Files below a URL, such as `s3://bucket/prefix`: the only module that knows fsspec.

A file appears whole or not at all: an object store puts it at once, and a file system gets it under
a temporary name. Every error is a StorageError without user names and passwords of URLs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

from resim_inspect.text import clean
from runner.errors import CallError, StorageError

INSTALL = "pip install 'resim-inspect[dask]'"
CHUNK = 1 << 20
WITH_FOLDERS = frozenset({"file", "local", "sftp", "ssh", "smb"})
"""Protocols of file systems, which need folders and have a rename. An object store has neither."""
USER_INFO = re.compile(r"//[^/@\s]*@")


def check_url(url: str) -> None:
    """Raise CallError for a URL that names no storage, or has a user name or a password."""
    shown = clean(USER_INFO.sub("//", url), 120)
    try:
        parts = urlsplit(url)
        has_user = "@" in parts.netloc
    except ValueError as error:
        raise CallError(f"the storage {shown} is not a valid URL.") from error
    if has_user or parts.query or parts.fragment:
        raise CallError(
            f"the storage {shown} has a user name, a password or a query.",
            "Give credentials to fsspec by its configuration or the environment, on each machine.",
        )
    if not parts.scheme or not (parts.netloc or parts.path.strip("/")):
        raise CallError(f"the storage {shown} is not a URL.", "An example is s3://bucket/folder.")
    if any(not char.isprintable() or char.isspace() for char in url):
        raise CallError(f"the storage {shown} has blanks or control characters.")


class ObjectStore:
    """Files below a URL, by names with `/`; used by several threads. The start raises StorageError.

    A call that fails raises StorageError.
    """

    def __init__(self, url: str) -> None:
        check_url(url)
        self.url = url.rstrip("/")
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise StorageError("--storage needs fsspec.", f"Install it: {INSTALL}.") from error
        with self._errors("opened"):
            self._fs: Any
            self._fs, root = url_to_fs(self.url)
        self._root = root.rstrip("/")
        self.is_exclusive = True
        """False as soon as `create` finds that the storage has no exclusive creation."""
        protocol = self._fs.protocol
        self._protocols = {protocol} if isinstance(protocol, str) else set(protocol)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if it is missing."""
        with self._errors(f"read ({name})"), suppress(FileNotFoundError):
            return bytes(self._fs.cat_file(self._path(name)))
        return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, in place of an earlier one."""
        self._put(name, lambda path: self._fs.pipe_file(path, data))

    def create(self, name: str, data: bytes) -> bool:
        """Write a file unless it exists; return False if it does.

        Of two callers one gets True, as far as the storage has exclusive creation.
        """
        path = self._path(name)
        with self._errors(f"written ({name})"):
            self._make_folder(path)
            try:
                with self._fs.open(path, "xb") as file:
                    file.write(data)
            except FileExistsError:
                return False
            except (ValueError, NotImplementedError):
                # The last of several writers wins, and is read back.
                self.is_exclusive = False
                if self._fs.exists(path):
                    return False
                self._fs.pipe_file(path, data)
                return bool(self._fs.cat_file(path) == data)
        return True

    def put(self, path: Path, name: str) -> None:
        """Upload a file of this machine, in place of an earlier one."""
        self._put(name, lambda target: self._fs.put_file(str(path), target))

    def copy_to(self, name: str, file: BinaryIO, on_chunk: Callable[[bytes], object]) -> None:
        """Download into an open file; `on_chunk` has each part of it before it is written."""
        with self._errors(f"read ({name})"), self._fs.open(self._path(name), "rb") as source:
            while chunk := source.read(CHUNK):
                on_chunk(chunk)
                file.write(chunk)

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted, without those of its folders."""
        with self._errors(f"read ({folder})"), suppress(FileNotFoundError):
            entries = self._fs.ls(self._path(folder), detail=True, refresh=True)
            files = [str(each["name"]) for each in entries if each["type"] == "file"]
            return sorted(name.rstrip("/").rpartition("/")[2] for name in files)
        return []

    def remove(self, name: str) -> None:
        """Remove a file or a folder with all its files, unless it is missing already."""
        with self._errors(f"changed ({name} was not removed)"), suppress(FileNotFoundError):
            self._fs.rm(self._path(name), recursive=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _put(self, name: str, write: Callable[[str], object]) -> None:
        path = self._path(name)
        with self._errors(f"written ({name})"):
            if not self._protocols & WITH_FOLDERS:
                write(path)
                return
            self._make_folder(path)
            temporary = f"{path}.{uuid4().hex}.tmp"
            write(temporary)
            self._fs.mv(temporary, path)

    def _make_folder(self, path: str) -> None:
        # An object store would make a bucket of a name that was mistyped.
        if self._protocols & WITH_FOLDERS:
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)

    @contextmanager
    def _errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except StorageError:
            raise
        except Exception as error:
            raise _sentence(self.url, action, error) from error


def _sentence(url: str, action: str, error: Exception) -> StorageError:
    """Return the error of a library, each of which has its own, as one sentence."""
    kind = type(error).__name__
    reason = clean(USER_INFO.sub("//", str(error)), 160).rstrip(".") or kind
    shown = f"the storage {clean(url)}"
    hint = ""
    if isinstance(error, FileNotFoundError):
        text = f"{shown} cannot be {clean(action, 120)}: it does not exist ({reason})."
        return StorageError(text, "Check the name of the bucket or the folder.")
    if isinstance(error, ImportError):
        return StorageError(f"{shown} needs another package ({reason}).", "Install it with pip.")
    if "protocol not known" in reason.lower():
        known = "Install the package of the protocol: s3fs for s3, gcsfs for gs, or adlfs for abfs."
        return StorageError(f"{shown} has a protocol that fsspec does not know.", known)
    if "credential" in f"{kind} {reason}".lower():
        hint = "Give credentials to fsspec by its configuration or the environment."
    elif isinstance(error, PermissionError):
        hint = "Check the rights of the credentials that this machine has."
    return StorageError(f"{shown} cannot be {clean(action, 120)}: {reason}.", hint)
