"""Kinds of files that are shown by themselves, as they are among the inputs, by their suffix."""

from __future__ import annotations

from pathlib import Path

IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}
_KINDS = {
    **dict.fromkeys(IMAGES, "an image"),
    ".mcap": "an MCAP file",
    ".bag": "a ROS 1 bag",
    ".db3": "a file of a rosbag2",
    ".csv": "a CSV file",
    ".tsv": "a TSV file",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".json": "a JSON file",
    ".geojson": "a JSON file",
    **dict.fromkeys((".txt", ".log", ".md", ".xml"), "a text file"),
    **dict.fromkeys((".yaml", ".yml", ".toml", ".ini", ".cfg"), "a text file"),
}


def file_kind(path: Path) -> str:
    """Return the kind of a file in words, with an article; empty for one that is not known."""
    return _KINDS.get(path.suffix.lower(), "")
