"""Rules about the files that rows name: images and videos beside the emissions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from resim_inspect.emissions.config.model import MAX_MEDIA_FILES
from resim_inspect.emissions.model import BoolArray, Column, Topic
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.emissions.rules.rows import defined_topics
from resim_inspect.files import is_file
from resim_inspect.settings.faults import Origin
from resim_inspect.text import count
from resim_inspect.validation.findings import Rule, Severity
from resim_inspect.validation.rules.files import is_absolute, leaves_folder

_ROW = '{"$metadata": {"topic": "frames", "timestamp": 5}, "$data": {"image": "%s"}}'
_GOOD = (_ROW % "frame.png",)
MEDIA_PATH = Rule(
    "media-path",
    Severity.WARNING,
    "The path of an image or video stays in the outputs",
    "The emitter accepts any text. Files outside of the folder of the emissions are not uploaded.",
    (_ROW % "../frame.png",),
    _GOOD,
)
MEDIA_MISSING = Rule(
    "media-missing",
    Severity.WARNING,
    "The images and videos that rows name exist",
    "They are looked for beside the emissions file.",
    (_ROW % "other.png",),
    _GOOD,
)
MEDIA_TYPE = Rule(
    "media-type",
    Severity.WARNING,
    "A file has a type that its field can show",
    "An image is a png, jpg or gif, a video an mp4 or webm. A GIF in a video field shows a player "
    "that does not play, without an error.",
    (_ROW % "frame.bmp",),
    _GOOD,
)
MEDIA_COUNT = Rule(
    "media-count",
    Severity.WARNING,
    "A test names at most 100 files",
    "The server does not take more of them.",
)
_ENDINGS = {
    "image": (".png", ".jpg", ".jpeg", ".gif"),
    "video": (".mp4", ".webm"),
}


@check(MEDIA_PATH, MEDIA_MISSING, MEDIA_TYPE, MEDIA_COUNT)
def check_media(context: RuleContext) -> None:
    """Check every file that a row names."""
    emissions = context.emissions
    if emissions is None:
        return
    named: dict[Path, set[str]] = {}
    for topic, column, kind in _media_columns(context):
        texts = set(column.values[~column.missing].tolist())
        outside = {text for text in texts if is_absolute(text) or leaves_folder(text)}
        typed = {text for text in texts if text.lower().endswith(_ENDINGS[kind])}
        _report(context, MEDIA_PATH, topic, column, _mask(column, outside), "leaves the outputs",
                "Write the file beside the emissions, and emit its relative path.")  # fmt: skip
        _report(context, MEDIA_TYPE, topic, column, _mask(column, texts - typed),
                f"is not a {kind} by its name",
                f"Write one of {', '.join(_ENDINGS[kind])}.")  # fmt: skip
        for file in np.unique(topic.file_indices):
            rows = topic.file_indices == file
            folder = emissions.paths[int(file)].parent
            own = set(column.values[rows & ~column.missing].tolist()) - outside
            named.setdefault(emissions.paths[int(file)], set()).update(own)
            absent = {text for text in own if not is_file(folder / text)}
            _report(context, MEDIA_MISSING, topic, column, _mask(column, absent) & rows,
                    "is not beside the emissions",
                    "Write the file there before the run ends.")  # fmt: skip
    for path, files in named.items():
        if len(files) > MAX_MEDIA_FILES:
            message = f"names {count(len(files), 'file')}, and the server takes {MAX_MEDIA_FILES}"
            context.report(MEDIA_COUNT, Origin(path, 0), "", message, "Emit fewer.")


def _media_columns(context: RuleContext) -> Iterator[tuple[Topic, Column, str]]:
    for topic, definition in defined_topics(context):
        for name, kind in definition.fields.items():
            column = topic.columns.get(name)
            if kind in _ENDINGS and column is not None and column.type == "string":
                yield topic, column, kind


def _mask(column: Column, texts: set[str]) -> BoolArray:
    if not texts:
        return np.zeros(len(column.values), np.bool_)
    used = np.fromiter((text in texts for text in column.values), np.bool_, len(column.values))
    return used & ~column.missing


def _report(
    context: RuleContext,
    rule: Rule,
    topic: Topic,
    column: Column,
    mask: BoolArray,
    message: str,
    hint: str,
) -> None:
    context.report_rows(
        rule, topic, mask, lambda row: f"{shown(column.values[row])} {message}", hint, column.name
    )
