"""The commands of `resim-inspect`, and what they share: their error, and `console`.

A command is a module with `add_arguments(parser)` and `run(args) -> int`; `cli` imports
it when it is called, so that no command pays for another.
"""

from __future__ import annotations

from resim_inspect.errors import InspectError


class CommandError(InspectError):
    """A call that cannot be carried out: one sentence; the exit code is `ERROR`."""
