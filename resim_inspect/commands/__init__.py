"""The commands of `resim-inspect`, and what they share: their error, and `console`.

A command is a module with `add_arguments(parser)` and `run(args) -> int`; `cli` imports
it when it is called, so that no command pays for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.errors import InspectError

if TYPE_CHECKING:
    import argparse

    from resim_inspect.schemas.window import Bounds


class CommandError(InspectError):
    """A call that cannot be carried out: one sentence; the exit code is `ERROR`."""


def checked_bounds(args: argparse.Namespace) -> Bounds:
    """Return the bounds of a JSON document; raises CommandError without --format json."""
    from resim_inspect.schemas.window import bounds_of

    try:
        return bounds_of(args)
    except ValueError as error:
        raise CommandError(str(error)) from error
