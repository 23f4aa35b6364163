"""Containers, networks and volumes of runners that have ended, and images that runners built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from resim_inspect.settings.project_model import BUILT_IMAGES
from resim_inspect.text import clean, size
from runner.engines.docker.client import DockerClient, engine_errors
from runner.storage import lease
from runner.storage.leftovers import Leftover


def found_leftovers(client: DockerClient, *, images: bool = False) -> Iterator[Leftover]:
    """Yield the things one after the other, each kind when it comes; raises EngineError.

    A volume may be gone with its container by then: its removal then succeeds.
    """
    api = client.api
    owned = {"label": lease.LABEL_OWNER}
    for container in _stale(lambda: api.containers(all=True, filters=owned)):
        job = (container.get("Labels") or {}).get(lease.LABEL_JOB, "?")
        text = f"container {container['Id'][:12]} of job {job}"
        yield Leftover(clean(text), partial(client.remove, str(container["Id"])))
    for network in _stale(lambda: api.networks(filters=owned)):
        text = f"network {network.get('Name', '')}"
        yield Leftover(clean(text), partial(client.discard, api.remove_network, network["Id"]))
    for volume in _stale(lambda: api.volumes(filters=owned).get("Volumes")):
        name = str(volume["Name"])
        remove = partial(client.discard, partial(api.remove_volume, force=True), name)
        yield Leftover(clean(f"volume {name[:12]}"), remove)
    if images:
        yield from _built_images(client)


def _stale(rows: Callable[[], Any]) -> Iterator[dict[str, Any]]:
    with engine_errors("does not answer"):
        owned = rows() or ()
    for row in owned:
        if lease.is_stale(str((row.get("Labels") or {}).get(lease.LABEL_OWNER, ""))):
            yield row


def _built_images(client: DockerClient) -> Iterator[Leftover]:
    with engine_errors("does not answer"):
        images = client.api.images(filters={"reference": f"{BUILT_IMAGES}*"})
    for image in images:
        for tag in image.get("RepoTags") or ():
            text = f"image {tag}, {size(int(image.get('Size') or 0))}"
            yield Leftover(clean(text), partial(client.discard, client.api.remove_image, tag))
