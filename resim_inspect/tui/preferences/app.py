"""The part of the app that knows the user's preferences: themes, and keys of their own."""

from __future__ import annotations

from textual import work
from textual.driver import Driver
from textual.theme import Theme

from resim_inspect.text import clean
from resim_inspect.tui.keys.binding import rebind
from resim_inspect.tui.preferences.model import DEFAULTS, Preferences
from resim_inspect.tui.theme import ThemedApp
from resim_inspect.tui.themes.built_in import BUILT_IN


class PreferencesApp(ThemedApp):
    """An app that starts in the user's theme, and with the user's keys."""

    preferences = DEFAULTS

    def start_with(self, preferences: Preferences, theme: str | None = None) -> None:
        """Take the preferences over; to be called before the app is initialized.

        `theme` is the name of a built-in theme that is shown instead of the preferred one.
        """
        self.preferences = preferences
        chosen = [each for each in BUILT_IN if each.name == theme]
        self.first_theme = chosen[0] if chosen else preferences.theme
        # Also without any: another app of the process may have had its own.
        rebind(preferences.keys)

    def __init__(self) -> None:
        super().__init__()
        for theme in BUILT_IN:
            self.register_theme(theme)
        self.register_theme(self.first_theme)
        if self.preferences.keys:
            from resim_inspect.tui.key_settings.rebinding import textual_keymap

            self.set_keymap(textual_keymap(self.preferences.keys))
        if self.preferences.question is not None and self.preferences.question.typed:
            self.call_later(self._type_ahead, self.preferences.question.typed)

    def _type_ahead(self, typed: bytes) -> None:
        """Handle what was typed while the app was imported, and read with the terminal's answer."""
        from resim_inspect.tui.preferences.late_answer import typed_keys

        for key in typed_keys(typed):
            self.post_message(key)

    def get_driver_class(self) -> type[Driver]:
        driver, question = super().get_driver_class(), self.preferences.question
        if question is None or question.is_answered:
            return driver
        from resim_inspect.tui.preferences.late_answer import without_late_answer

        return without_late_answer(driver, is_begun=question.is_begun)

    def theme_names(self) -> list[str]:
        """Names of all themes that can be chosen, and `auto`."""
        from resim_inspect.settings.user import AUTO
        from resim_inspect.tui.themes.files import known_theme_names

        return [AUTO, *sorted(known_theme_names(self.preferences.themes))]

    def choose_theme(self, name: str) -> None:
        """Show a theme and keep the choice; a broken file of the user's is a notice."""
        from resim_inspect.settings.faults import SettingsError
        from resim_inspect.tui.preferences.theme_in_force import resolved_theme

        preferences = self.preferences
        try:
            theme: Theme = resolved_theme(name, preferences.background, preferences.themes)
        except SettingsError as error:
            self.notify(
                clean(str(error), 400),
                title="Cannot use this theme",
                severity="error",
                timeout=10,
                markup=False,
            )
            return
        self.register_theme(theme)
        self.theme = theme.name
        self._keep_theme(name)

    @work(
        thread=True,
        exclusive=True,
        group="theme",
        exit_on_error=False,
        description="keeping the theme",
    )
    def _keep_theme(self, name: str) -> None:
        from resim_inspect.tui.preferences.theme_in_force import remember_theme

        reason = remember_theme(name, self.preferences.configured_theme)
        if reason:
            text = (
                f"The theme applies until the app ends; it cannot be saved: {clean(reason, 200)}."
            )
            self.notify(text, severity="warning", timeout=8, markup=False)
