"""The start of the app, for every command that opens it: settings of the user, then the app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.arguments import NO_STATE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.settings.user import AUTO, UserSettings, load_user_settings
from resim_inspect.tui.preferences.terminal_background import asked_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from resim_inspect.arguments import AppOptions
    from resim_inspect.tui.batch_address import BatchAddress
    from resim_inspect.tui.preferences.model import Preferences


def start_app(
    path: Path | BatchAddress | None,
    options: AppOptions,
    *,
    base: Path | None = None,
    prepare: Callable[[], None] = lambda: None,
    keeps_state: bool = True,
) -> int:
    """Run the app with the user's settings and return the exit code; raises InspectError.

    `prepare` is called when the app has been imported; `keeps_state`: views of what is opened are
    kept, unless the state folder is to be left alone.
    """
    if options.no_state:
        os.environ[NO_STATE] = "1"  # Read by what the app starts, too.
    settings = user_settings(options.config, options.no_config)
    # The terminal answers while the app is imported.
    with asked_background(os.environ, wanted=_follows_terminal(settings)) as question:
        from resim_inspect.tui.gc_tuning import gc_paused

        with gc_paused():  # Collections would cost an eighth of the imports.
            from resim_inspect.tui.app import run_app
            from resim_inspect.tui.preferences.loading import make_preferences
            from resim_inspect.tui.user_state import is_off

        def preferences() -> Preferences:
            return make_preferences(settings, images=options.images, question=question)

        # A fault in the file is reported before anything is opened.
        refuse_faults(settings)
        prepare()
        keeps_state = keeps_state and not is_off()
        succeeded = run_app(path, base=base, preferences=preferences, keeps_state=keeps_state)
    return ExitCode.OK if succeeded else ExitCode.INTERNAL


def user_settings(config: Path | None, no_config: bool) -> UserSettings | None:
    """Return the settings that `--config` and `--no-config` ask for; raises SettingsError."""
    return None if no_config else load_user_settings(config)


def refuse_faults(settings: UserSettings | None) -> None:
    """Check what only the app knows of the settings: themes and keys; raises SettingsError.

    Every way into the app calls it, and what is made in place of the app as well.
    """
    if settings is None or settings.is_missing:
        return
    # The app is imported only for those who have a file.
    from resim_inspect.tui.preferences.loading import make_preferences

    make_preferences(settings)


def _follows_terminal(settings: UserSettings | None) -> bool:
    """Return True if the terminal's background may decide the theme."""
    if os.environ.get("NO_COLOR") or os.environ.get("TEXTUAL_THEME"):
        return False
    return settings is None or settings.theme in {None, AUTO}
