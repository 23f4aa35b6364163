"""Exceptions of the inspector and of the library under it.

    InspectError
    ├── DocumentError
    │   ├── UnreadableError     missing, not a file, not permitted, or the disk failed
    │   ├── EmptyFileError      no bytes
    │   ├── TruncatedError      a record reaches past the end
    │   ├── MalformedError      not protobuf, or not a metrics file
    │   ├── ChangedError        rewritten in place while it was open
    │   ├── TooLargeError       over protobuf's limit of 2 GiB
    │   └── SeriesError         the series that was asked for does not exist
    ├── SettingsError           resim_inspect.settings: a file of settings that cannot be used
    ├── QueryError              resim_inspect.filtering: a filter that cannot be parsed
    ├── ToleranceError          resim_inspect.comparison: a tolerance that cannot be parsed
    ├── ConfigError             resim_inspect.emissions: a config.resim.yml that cannot be used
    ├── EvaluationError         resim_inspect.emissions: emissions that cannot be evaluated
    │   └── MissingEvaluationExtraError
    ├── ExportError             resim_inspect.export: an export that cannot be made
    │   └── MissingExtraError
    ├── ShellFileError          resim_inspect.shell_files: completion scripts that are missing
    ├── CommandError            resim_inspect.commands: a call that cannot be carried out
    ├── AddressError            resim_inspect.tui: a malformed address of a batch
    └── GraphicsError           resim_inspect.tui: images that the terminal cannot show

The command line reports an InspectError in one line; any other exception is a fault of the
program. The runner has a tree of its own in `runner.errors`.
"""

from __future__ import annotations

from pathlib import Path

THE_FILE = "the file"
THE_PATH = "the path"
DEEP_FIGURE = (
    "is nested too deeply: protobuf reads about 31 levels, and refuses the whole file for more"
)
"""Problem of a plotly figure that is left out of the document."""


class InspectError(Exception):
    """Base of all errors that a user can do something about; `str(error)` is a full clause."""

    hint = ""
    """Advice, as a sentence of its own; empty where the clause says it."""

    def located(self) -> str:
        """The error with the path that it is about, if the clause does not name it already."""
        return str(self)


class DocumentError(InspectError):
    """A file that cannot be read as a metrics document.

    `problem` is what is wrong, without its subject ("is empty"); `str(error)` has both
    ("the file is empty"). `path` is None for bytes that came from no file; `offset` is the
    byte at which the problem starts, where that is known.
    """

    def __init__(
        self,
        problem: str,
        path: Path | None = None,
        offset: int | None = None,
        *,
        subject: str = THE_FILE,
    ) -> None:
        super().__init__(f"{subject} {problem}")
        self.problem = problem
        self.subject = subject
        self.path = path
        self.offset = offset

    @property
    def sentence(self) -> str:
        """The error as a sentence of its own: `The file is empty.`"""
        # What caused it may be a sentence already, such as a fault of a config.
        text = str(self).removesuffix(".")
        return text[:1].upper() + text[1:] + "."

    def located(self) -> str:
        """The error with its path, where it has one: `outputs/metrics.binproto is empty`."""
        if self.path is None:
            return str(self)
        return f"{self.path} {self.problem}" if self.about_file else f"{self.path}: {self}"

    @property
    def about_file(self) -> bool:
        """True if the subject of the problem is the file or its path, not a part of it."""
        return self.subject in (THE_FILE, THE_PATH)


class UnreadableError(DocumentError):
    """The file is missing, is a folder or a device, is not permitted, or the disk failed."""


def missing(path: Path) -> UnreadableError:
    """Return the error of a path that does not exist: `outputs/none does not exist`."""
    return UnreadableError("does not exist", path, subject=THE_PATH)


class EmptyFileError(DocumentError):
    """The file has no bytes: often one that is just being written."""


class TruncatedError(DocumentError):
    """A record reaches past the end of the file: an incomplete copy or write."""


class MalformedError(DocumentError):
    """The bytes are not valid protobuf, or have no field of a metrics document."""


class ChangedError(DocumentError):
    """The file was rewritten in place while it was open; open it again."""


class TooLargeError(DocumentError):
    """The part that protobuf must parse in one piece is over its limit of 2 GiB."""


class SeriesError(DocumentError):
    """The series that was asked for does not exist, or is of another kind."""


class MissingError(Exception):
    """Data or a file that something refers to are missing; the text is a sentence for the user."""
