"""Opening of a path or an address: the part that reads the disk, away from the screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from resim_inspect.derived import is_derived
from resim_inspect.document.reloading.loading import load
from resim_inspect.files import absolute
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.cache import api_url, cache_folder, make_private
from resim_inspect.tui.document.session import Session, place_name
from resim_inspect.tui.open.detect import DetectedPath, PathKind, detect


class Opened(NamedTuple):
    """An opened path or batch: where it is, and the document's session if it is a document.

    A document of emissions has no session yet: its screen evaluates them.
    """

    detected: DetectedPath
    session: Session | None = None
    address: BatchAddress | None = None
    """Address of a batch of the cloud, or of one of its jobs; `detected` is its cache folder."""

    @property
    def source(self) -> Path | BatchAddress:
        """Path or address that opens the same thing again."""
        return self.detected.path if self.address is None else self.address

    @property
    def name(self) -> str:
        """Short name for lists and titles."""
        if self.session is not None:
            return self.session.label
        if self.address is not None:
            return self.address.name
        if self.detected.kind is PathKind.RUN:
            path = self.detected.path
            return "run of " + place_name(path.parent if path.name == "run" else path)
        return place_name(self.detected.path)


def open_path(path: Path | BatchAddress) -> Opened:
    """Detect the kind of a path and read its document, unless it has to be evaluated first.

    Raises DocumentError and AddressError.
    """
    if isinstance(path, BatchAddress):
        folder = cache_folder(path, api_url(os.environ), os.environ)
        make_private(folder)
        detected = DetectedPath(PathKind.WORKSPACE, folder, "a batch of the cloud")
        return Opened(detected, address=path)
    detected = detect(path)
    # The working folder may be removed later, and made again by a build.
    detected = detected._replace(path=absolute(detected.path))
    if detected.kind is PathKind.METRICS and not is_derived(detected.path):
        return Opened(detected, Session.of(load(detected.path), inputs=detected.inputs))
    return Opened(detected)
