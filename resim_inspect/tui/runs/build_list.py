"""The builds that a run dialog offers: of the project file, typed in before, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.settings import BuildSettings, SettingsError, load_project
from resim_inspect.text import clean, fit
from resim_inspect.tui.runs.known_builds import read_remembered
from resim_inspect.tui.runs.run_request import BuildChoice, BuildKind
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText

NEW = (BuildChoice(BuildKind.IMAGE, ""), BuildChoice(BuildKind.COMMAND, ""))
"""Rows of builds that are to be typed in."""


class KnownBuilds(NamedTuple):
    """Builds to choose from, as read from the project file and the user's state."""

    builds: tuple[BuildChoice, ...] = NEW
    about: tuple[str, ...] = ("", "")
    """Description of each build; texts are not cleaned."""
    default: int = 0
    """Number of the build that is chosen at first."""
    folder: Path | None = None
    """Folder of the project file, if it is not found from the working directory."""
    problem: str = ""
    """Reason why the project file cannot be used, as a sentence."""


def read_known_builds(folder: Path) -> KnownBuilds:
    """Read the project file of the working directory, else of `folder`, and the last builds."""
    builds: list[BuildChoice] = []
    about: list[str] = []
    default, settings_path, problem = 0, None, ""
    try:
        project = load_project(Path.cwd())
        if project is None:
            project = load_project(folder)
            settings_path = None if project is None else project.folder
        for name, build in (project.builds if project else {}).items():
            if project is not None and name == project.default_build:
                default = len(builds)
            builds.append(BuildChoice(BuildKind.PROJECT, name))
            about.append(_about(build))
    except SettingsError as error:
        problem = str(error)
    except OSError as error:
        problem = f"The project file cannot be looked for: {error.strerror or error}."
    remembered = read_remembered()
    builds += [*remembered, *NEW]
    about += [""] * (len(remembered) + len(NEW))
    return KnownBuilds(tuple(builds), tuple(about), default, settings_path, problem)


def _about(build: BuildSettings) -> str:
    if build.context is not None:
        return f"image of {build.context.name}/"
    return f"image {build.image}" if build.image else f"command {build.command}"


class BuildList(RowList):
    """Builds to choose from; the last two are to be typed in."""

    def __init__(self) -> None:
        super().__init__()
        self.known = KnownBuilds()

    def show(self, known: KnownBuilds) -> None:
        """Show these builds, with the cursor on the one that is chosen at first."""
        self.known = known
        self.set_count(len(known.builds), known.default)

    @property
    def build(self) -> BuildChoice:
        """The build at the cursor; one that is to be typed in has no text."""
        return self.known.builds[self.cursor if 0 <= self.cursor < self.count else -1]

    def copy_text(self, row: int) -> str:
        return self.known.builds[row].text

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        build, about = self.known.builds[row], self.known.about[row]
        pieces: list[StyledText] = [("▌" if row == self.cursor else " ", styles.accent)]
        if not build.text:
            article = "an" if build.kind is BuildKind.IMAGE else "a"
            return [*pieces, (f"{article} {build.kind}…", styles.quiet)]
        room = max(8, width - 2)
        kind = f"{build.kind:<8}"
        name = clean(build.text, 300)
        pieces += [(kind, styles.quiet)]
        if not about:
            return [*pieces, (fit(name, room - len(kind)), styles.text)]
        shown = min(len(name), max(8, room // 3))
        pieces.append((fit(name, shown), styles.strong))
        return [*pieces, (fit(f"  {clean(about, 300)}", room - len(kind) - shown), styles.quiet)]
