"""Local cache of batches fetched from the cloud: one private folder for each batch."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from resim_inspect.files import expanded, make_folders
from resim_inspect.text import clean
from resim_inspect.tui.batch_address import AddressError, BatchAddress


def api_url(environment: Mapping[str, str]) -> str:
    """URL of the API: RESIM_API_URL, else ReSim's own. Raises AddressError for a malformed one."""
    from runner.workspace.urls import API_VARIABLE, DEFAULT_API_URL, url_problem

    url = environment.get(API_VARIABLE) or DEFAULT_API_URL
    problem = url_problem(url)
    if problem:
        raise AddressError(f'{API_VARIABLE} "{clean(url, 80)}" {problem}')
    return url


def cache_folder(address: BatchAddress, api: str, environment: Mapping[str, str]) -> Path:
    """Path of a batch's folder, which may not exist yet: one for each API and batch.

    Raises AddressError for a user without a home.
    """
    from runner.workspace.urls import DEFAULT_API_URL, origin_of

    origin = origin_of(api)
    default_port = origin.port == (443 if origin.scheme == "https" else 80)
    host = re.sub(r"[^a-z0-9.-]", "_", origin.host) + ("" if default_port else f"_{origin.port}")
    path = urlsplit(api).path.strip("/")
    if path != urlsplit(DEFAULT_API_URL).path.strip("/"):
        # Several APIs may share a host; a digest tells apart what looks the same as a name.
        import hashlib  # One path in many needs it, at every start of the app.

        digest = hashlib.sha256(path.encode()).hexdigest()[:8]
        host += "_" + re.sub(r"[^A-Za-z0-9.-]", "_", path)[:40] + f"_{digest}"
    configured = environment.get("XDG_CACHE_HOME", "")
    # The XDG specification says to ignore relative paths.
    base = Path(configured) if os.path.isabs(configured) else expanded("~/.cache")  # noqa: PTH117
    if not base.is_absolute():
        raise AddressError(
            "this user has no home folder for fetched batches; set XDG_CACHE_HOME to a folder"
        )
    return base / "resim-inspect" / host / str(address.project) / str(address.batch)


def make_private(folder: Path) -> None:
    """Create a folder that only its owner can read. Raises AddressError."""
    try:
        make_folders(folder, private=True)
        if os.name == "posix":
            # The system refuses this where the folder belongs to another user.
            folder.chmod(0o700)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AddressError(
            f"the cache folder {clean(str(folder))} cannot be used: {reason}"
        ) from error
