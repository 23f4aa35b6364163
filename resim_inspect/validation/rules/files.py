"""Rules about the files beside metrics.binproto: images must be where the data says."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.validation.context import Context, document_check, quoted
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.findings import Rule, Severity, Target

PATH_ABSOLUTE = Rule(
    "path-absolute",
    Severity.WARNING,
    "The path of an external file is relative",
    "ReSim takes files from the folder of metrics.binproto; an absolute path of the "
    "container means nothing elsewhere.",
    ('data["photo"].path = "/tmp/resim/outputs/photo.png"',),
    ('data["photo"].path = "photo.png"',),
)
PATH_ESCAPES = Rule(
    "path-escapes",
    Severity.WARNING,
    "The path of an external file stays in the file's folder",
    "What lies outside of the outputs is not uploaded. A link that leads out counts too.",
    ('data["photo"].path = "../photo.png"',),
    ('data["photo"].path = "photo.png"',),
)
FILE_MISSING = Rule(
    "file-missing",
    Severity.WARNING,
    "External files exist",
    "This is checked only if the document came from a file.",
    ('data["photo"].path = "picture.png"',),
    ('data["photo"].path = "photo.png"',),
)
FILE_EMPTY = Rule(
    "file-empty",
    Severity.WARNING,
    "External files are not empty",
    "Most likely the metrics build ended before it was written.",
    ('data["photo"].path = "empty.png"',),
    ('data["photo"].path = "photo.png"',),
)


@document_check(PATH_ABSOLUTE, PATH_ESCAPES, FILE_MISSING, FILE_EMPTY)
def check_files(context: Context) -> None:
    """Check the path of each external file and, for a document from a file, the file."""
    folder: Path | None = None
    for entry in context.data_list.external_files():
        if entry.holds != "external_file":
            continue
        path = context.of(entry).external_file.path
        if not path:
            continue  # An error of its own.
        if is_absolute(path):
            _warn(
                context, entry, PATH_ABSOLUTE, f"{quoted(path)} is an absolute path",
                "ReSim looks for files in the folder of metrics.binproto; give a relative path.",
            )  # fmt: skip
            continue
        if leaves_folder(path):
            _warn(
                context, entry, PATH_ESCAPES, f"{quoted(path)} leaves the file's folder",
                "Put the file beside metrics.binproto or in a folder below it.",
            )  # fmt: skip
            continue
        if context.document.path is None:
            continue
        if folder is None:
            folder = context.document.path.parent.resolve()
        _check_there(context, entry, folder, path)


def is_absolute(path: str) -> bool:
    """Return True for a path that is absolute on any system."""
    # A drive (C:\) or a share (\\host) is absolute too, on whatever system this runs.
    return path.startswith(("/", "\\")) or (len(path) > 1 and path[1] == ":" and path[0].isalpha())


def leaves_folder(path: str) -> bool:
    """Return True for a relative path that leads out of its folder on its way."""
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        if part == "..":
            depth -= 1
            if depth < 0:
                return True
        elif part not in ("", "."):
            depth += 1
    return False


def _check_there(context: Context, entry: DataState, folder: Path, path: str) -> None:
    full = folder / path
    try:
        inside = full.resolve().is_relative_to(folder)
        size = full.stat().st_size if inside and full.is_file() else None
        is_folder = size is None and full.is_dir()
    except (OSError, ValueError, RuntimeError):
        # No such name on this system, a loop of links, or no permission to look.
        inside, size, is_folder = True, None, False
    if not inside:
        _warn(
            context, entry, PATH_ESCAPES, f"{quoted(path)} links out of the file's folder",
            "Put the file itself beside metrics.binproto.",
        )  # fmt: skip
    elif size is None:
        what = "is a folder" if is_folder else "is not there"
        _warn(
            context, entry, FILE_MISSING, f"{quoted(path)} {what}",
            "Write the file beside metrics.binproto, at that path.",
        )  # fmt: skip
    elif size == 0:
        _warn(
            context, entry, FILE_EMPTY, f"{quoted(path)} is empty",
            "Write the file before the metrics build ends.",
        )  # fmt: skip


def _warn(context: Context, entry: DataState, rule: Rule, message: str, hint: str) -> None:
    where = context.data_place(entry.position) + ".path"
    context.report(rule, Target("data", entry.position), where, message, hint)
