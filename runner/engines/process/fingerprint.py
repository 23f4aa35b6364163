"""Fingerprint of a program of this machine, which changes with its code."""

from __future__ import annotations

import hashlib

from runner.engines.code_files import code_files
from runner.engines.protocol import Build


def fingerprint(build: Build, program: str) -> str:
    """Digest of a build's command and of the content of its code."""
    digest = hashlib.sha256(repr((build.command, program)).encode())
    for file in code_files(build):
        try:
            digest.update(repr(str(file)).encode() + hashlib.sha256(file.read_bytes()).digest())
        except OSError:
            digest.update(b"unreadable")
    return "sha256:" + digest.hexdigest()
