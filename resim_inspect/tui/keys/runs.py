"""Keys of runs: how one is started, its screen, and its logs."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

RUN_HOST = (
    key("run.start", "R", "run", "Run…", "a build on these jobs", hint="run"),
    key("run.watch", "W", "watch", "Watch…", "run again whenever a file changes", hint="watch"),
)
RUNS = (
    key("run.stop", "x", "stop", "Stop job", "the chosen one", hint="stop"),
    key("run.stop_all", "X", "stop_all", "Stop run", "all of its jobs", hint="stop all"),
    key("run.all", "r", "again('all')", "Run all again", "of a watched run", hint="run all"),
    key("run.failed", "F", "again('failed')", "Run failed again", hint="run failed"),
    key("run.pause", "p", "again('pause')", "Pause watching, or go on", hint="pause"),
    key("run.messages", "m", "messages", "Show runner messages", hint="messages"),
    key("run.command", "c", "command", "Copy command line", "that does the same", hint="command"),
    key("run.back", "escape", "back", "Back", "the run goes on", hint="back"),
)
RUN_JOBS = (
    key("run.failing", "f", "failing", "Show only failing jobs", "or all", hint="only failing"),
)
RUN_FIELD = (
    key("run.next_build", "down", "build(1)", "Next build"),
    key("run.previous_build", "up", "build(-1)", "Previous build"),
)
RUN_DIALOG = (
    key("run.rerun", "ctrl+r,r", "rerun", "Choose what runs again", hint="rerun"),
    key("run.watching", "ctrl+t,w", "watching", "Watch files or run once", hint="watch"),
    key("run.copy", "ctrl+y", "copy_command", "Copy command line", hint="copy"),
)
LOG = (
    key("log.follow", "f", "follow", "Follow the end", "or stop following", hint="follow"),
    key("log.wrap", "l", "wrap", "Wrap long lines", "or cut them", hint="wrap"),
)
LOG_HOST = (key("log.open", "O", "build_log", "Open build log", "of the job", hint="log"),)
LOG_SCREEN = (key("log.back", "escape,backspace", "back", "Back", hint="back"),)
