"""Selection of jobs by names and globs, as `--job` and other arguments give them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from resim_inspect.settings.faults import near_or_all
from resim_inspect.text import clean
from runner.workspace.errors import WorkspaceError
from runner.workspace.layout import Workspace


def select_jobs(
    workspace: Workspace, patterns: Sequence[str], *, more: Sequence[str] = ()
) -> set[str]:
    """Return the names of the jobs of a workspace that match at least one pattern.

    `more` are further names that may be chosen. Raises WorkspaceError as `matching_names` does.
    """
    known = [*(job.name for job in workspace.jobs), *more]
    return matching_names(known, patterns, f"no job of {clean(str(workspace.folder))}")


def matching_names(known: Sequence[str], patterns: Sequence[str], nothing: str) -> set[str]:
    """Return the known names that match at least one pattern.

    A pattern is a name, or a glob with `*`, `?` and `[…]`; a name wins over a glob. Raises
    WorkspaceError for a pattern that matches nothing, with the nearest name: `{nothing} matches …`.
    """
    names, chosen = set(known), set[str]()
    for pattern in patterns:
        matching = {pattern} & names or {name for name in known if fnmatchcase(name, pattern)}
        if not matching:
            raise WorkspaceError(
                f'{nothing} matches "{clean(pattern, 80)}"{near_or_all(pattern, list(known))}'
            )
        chosen |= matching
    return chosen
