"""The app in a browser on this machine, served by textual-serve behind a guard."""

from __future__ import annotations

DRIVER_VARIABLE = "TEXTUAL_DRIVER"
WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""Value that textual-serve sets for the app that it starts, which then has no terminal."""
