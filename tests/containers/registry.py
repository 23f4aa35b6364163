"""A registry of images that can be read, as a program: some of its images misbehave.

`python3 registry.py FOLDER PORTFILE`: serves `FOLDER/NAME/manifests/TAG` and `FOLDER/blobs/*`
on a port of 127.0.0.1 that it writes into PORTFILE, and notes each request in `FOLDER/log`.
Names tell how an image behaves: `drops` breaks off in the middle of a layer, `stalls` never
goes on there, `locked` wants a password, `slow` takes its time.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"
KINDS = ("drops", "stalls", "locked", "slow")


def put_image(folder: Path, name: str, tag: str, layer: bytes, label: str = "") -> str:
    """Put an image of one layer into the registry's folder; its digest."""
    about = {
        "architecture": {"aarch64": "arm64"}.get(platform.machine(), "amd64"),
        "os": "linux",
        "config": {"Env": ["PATH=/usr/bin"], "Cmd": ["sh"], "Labels": {"which": label}},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": "2026-01-02T03:04:05Z"}],
    }
    config = json.dumps(about).encode()
    (folder / "blobs").mkdir(parents=True, exist_ok=True)
    for blob in (layer, config):
        (folder / "blobs" / digest(blob)).write_bytes(blob)
    parts = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "size": len(config), "digest": digest(config)},
        "layers": [{"mediaType": LAYER, "size": len(layer), "digest": digest(layer)}],
    }
    manifest = json.dumps(parts).encode()
    manifests = folder / name / "manifests"
    manifests.mkdir(parents=True, exist_ok=True)
    for reference in (tag, digest(manifest)):
        (manifests / reference).write_bytes(manifest)
    return digest(manifest)


def digest(data: bytes) -> str:
    """A blob's name."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _answer(folder: Path, handler: BaseHTTPRequestHandler) -> None:
    path = handler.path.strip("/")
    with (folder / "log").open("a") as log:
        log.write(f"{handler.command} {path}\n")
    _, _, rest = path.partition("v2")
    name, kind, reference = "", "", ""
    for kind in ("manifests", "blobs"):
        name, separator, reference = rest.strip("/").partition(f"/{kind}/")
        if separator:
            break
    else:
        _send(handler, 200, b"{}", "application/json")
        return
    behaves = name.split("-")[0]
    if behaves == "locked":
        _send(handler, 401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', "application/json")
        return
    file = (folder / name / "manifests" if kind == "manifests" else folder / "blobs") / reference
    if not file.is_file():
        code = "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN"
        error = {"code": code, "message": code.replace("_", " ").lower()}
        _send(handler, 404, json.dumps({"errors": [error]}).encode(), "application/json")
        return
    data = file.read_bytes()
    large = kind == "blobs" and len(data) > 100_000
    mime = MANIFEST if kind == "manifests" else "application/octet-stream"
    start = handler.headers.get("Range", "").removeprefix("bytes=").rstrip("-")
    if start:
        _send(
            handler, 206, data[int(start) :], mime, behaves, f"{start}-{len(data) - 1}/{len(data)}"
        )
    else:
        _send(handler, 200, data, mime, behaves if large else "")


def _send(
    handler: BaseHTTPRequestHandler,
    code: int,
    data: bytes,
    mime: str,
    behaves: str = "",
    part: str = "",
) -> None:
    handler.send_response(code)
    handler.send_header("Content-Type", mime)
    handler.send_header("Content-Length", str(len(data)))
    handler.send_header("Docker-Distribution-Api-Version", "registry/2.0")
    if part:
        handler.send_header("Content-Range", f"bytes {part}")
    if code == 401:
        handler.send_header("WWW-Authenticate", 'Basic realm="locked"')
    elif mime == MANIFEST:
        handler.send_header("Docker-Content-Digest", digest(data))
    handler.end_headers()
    if handler.command == "HEAD":
        return
    half = len(data) // 2 if behaves in KINDS else 0
    handler.wfile.write(data[:half])
    handler.wfile.flush()
    if behaves == "drops":
        handler.close_connection = True
        return
    if behaves in {"stalls", "slow"}:
        time.sleep(1.5 if behaves == "slow" else 120)
    handler.wfile.write(data[half:])


def main(folder: Path, port_file: Path) -> None:
    """The program."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(folder, self)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    port_file.write_text(str(server.server_port))
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
