"""The dialog that starts a run: the build, what would run and why, and the equal command line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from resim_inspect.document.enums import MetricStatus
from resim_inspect.files import absolute, expanded
from resim_inspect.text import clean, count
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.runs import RUN_DIALOG, RUN_FIELD
from resim_inspect.tui.runs.build_list import BuildList, read_known_builds
from resim_inspect.tui.runs.run_plan import Plan, PlanReading, read_plan
from resim_inspect.tui.runs.run_request import BuildChoice, BuildKind, Rerun, RunRequest, RunTarget
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import Background

PLAN_DELAY = 0.3
"""Seconds without a change of the request after which its plan is read."""
MAX_PLANS = 6
"""Number of different plans that are listed."""
MAX_BUILD_ROWS = 6


class StartedRun(NamedTuple):
    """The answer of the dialog: what to start, and in which folder."""

    request: RunRequest
    folder: Path | None


class RunField(Input):
    """A field of the dialog, from which the build above it can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [*RUN_FIELD]

    def action_build(self, by: int) -> None:
        self.screen.query_one(BuildList).action_move(by)


class RunDialog(Dialog[StartedRun | None], Background):
    """A choice of the build and of what runs again; Enter starts the run."""

    BINDINGS: ClassVar[list[BindingType]] = [*RUN_DIALOG]
    DEFAULT_CSS = """
    RunDialog > .box { width: 110; padding: 0; }
    RunDialog BuildList { height: auto; background: $surface; }
    RunDialog Input, RunDialog Input:focus {
        border: none; height: 1; background: $panel; padding: 0 1; margin: 0 1;
    }
    RunDialog Static { padding: 0 1; height: auto; }
    RunDialog #plan { max-height: 8; }
    RunDialog #command { max-height: 4; background: $panel; }
    """

    class PlanRead(Message):
        """The runner has told its plan."""

        def __init__(self, plan: Plan) -> None:
            super().__init__()
            self.plan = plan

    def __init__(self, target: RunTarget, *, watch: bool = False) -> None:
        super().__init__()
        self.target = target
        self.rerun = Rerun.NONE
        self.watch_files = watch
        self.plan: Plan | None = None
        """The last plan, or the part of it that has been read."""
        self._reading: PlanReading | None = None
        self._awaited: RunRequest | None = None
        """Request that starts as soon as its plan is there."""
        self._shown_build: BuildChoice | None = None

    def compose(self) -> ComposeResult:
        with VerticalBox(classes="box") as box:
            yield BuildList()
            yield RunField(id="build")
            yield RunField(id="flags", placeholder="more flags, such as --parallel 4 --env NAME")
            if self.target.workspace is None:
                yield Static("Folder for the outputs:", markup=False)
                yield RunField(str(self.target.outputs or ""), id="outputs")
            yield Static(id="options", markup=False)
            yield Static(id="plan", markup=False)
            yield Static(id="command", markup=False)
        box.border_title = Text(f"Run {self.target.name}")
        keys = ["run.rerun"] if self.target.workspace is not None else []
        hints = [Hint(key) for key in (*keys, "run.watching", "run.copy")]
        self.show_hints(box, "Enter start", *hints, CLOSE)

    def on_mount(self) -> None:
        # Two small files, read at once: a thread's answer would change the choice and the field
        # under what is typed ahead.
        known = read_known_builds(self.target.workspace or self.target.inputs or Path())
        self.builds.show(known)
        self.builds.styles.height = min(MAX_BUILD_ROWS, len(known.builds))
        chosen = known.builds[known.default]
        (self.builds if chosen.text else self.query_one("#build", Input)).focus()
        self._show_request()

    def on_theme_changed(self) -> None:
        self._show_request()

    @property
    def builds(self) -> BuildList:
        """The list of builds."""
        return self.query_one(BuildList)

    # The request.

    def request(self) -> RunRequest | None:
        """Return the request as it is in the dialog; None while something is missing."""
        build = self.builds.build
        text = build.text or self.query_one("#build", Input).value.strip()
        build = BuildChoice(build.kind, text, self.query_one("#flags", Input).value.strip())
        target = self.target
        if target.workspace is None:
            outputs = self.query_one("#outputs", Input).value.strip()
            if not outputs:
                return None
            target = replace(target, outputs=absolute(expanded(outputs)))
        request = RunRequest(target, build, self.rerun, self.watch_files)
        try:
            request.arguments()
        except ValueError:
            return None
        return request if build.text else None

    def _command_line(self, request: RunRequest) -> str:
        return request.command_line(self.builds.known.folder)

    def _show_request(self) -> None:
        """Show the options and the command line of the request, and plan it in a moment."""
        styles, request = theme_styles(self.app), self.request()
        if request != self._awaited:
            self._awaited = None
        typed, build = self.query_one("#build", Input), self.builds.build
        typed.display = not build.text
        typed.placeholder = (
            "an image, such as flight-metrics:latest"
            if build.kind is BuildKind.IMAGE
            else "a command of this machine, such as python -m metrics"
        )
        options = Text()
        if self.target.workspace is not None:
            options.append("Run ", styles.quiet).append(self.rerun.words, styles.strong)
            options.append(" · ", styles.quiet)
        words = "again whenever a file changes" if self.watch_files else "once"
        options.append(words, styles.strong)
        self.query_one("#options", Static).update(options)
        command = Text("", styles.quiet)
        if request is not None:
            command = Text(clean(self._command_line(request), 600), styles.text)
        self.query_one("#command", Static).update(command)
        self._show_plan()
        if self._reading is not None and self._reading.request != request:
            # Its last message starts the planning of the present request.
            self._reading.cancel()
        if request is not None and (self.plan is None or self.plan.request != request):
            self.set_timer(PLAN_DELAY, lambda: self._plan_if_still(request))

    def _plan_if_still(self, request: RunRequest) -> None:
        if request == self.request() and self._reading is None:
            self._reading = PlanReading(
                request, lambda part: self.post_message(self.PlanRead(part))
            )
            self._plan(self._reading, self.builds.known.folder)

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    @work(thread=True, group="plan", exit_on_error=False, description="planning the run")
    def _plan(self, reading: PlanReading, folder: Path | None) -> None:
        problem = "The run cannot be planned: an internal error occurred."
        plan = Plan(reading.request, problem=problem, is_refused=True)
        try:
            plan = read_plan(reading.request, folder=folder, reading=reading)
        finally:
            self.post_message(self.PlanRead(plan))

    @on(PlanRead)
    def _plan_read(self, message: PlanRead) -> None:
        plan, reading = message.plan, self._reading
        if plan.is_whole:
            self._reading = None
        request, awaited = self.request(), self._awaited
        if reading is None or reading.is_cancelled or request != plan.request:
            if plan.is_whole and request is not None:
                self._plan_if_still(request)
            return
        self.plan = plan
        if request is not None and request == awaited:
            self._awaited = None
            if not plan.is_refused:
                self._dismiss_with(request)
                return
        self._show_plan()

    def _show_plan(self) -> None:
        self.query_one("#plan", Static).update(self._plan_text())

    def _plan_text(self) -> Text:
        """Return the plan of the request: jobs by what happens to them."""
        styles, request, plan = theme_styles(self.app), self.request(), self.plan
        known = self.builds.known
        if known.problem:
            problem = Text("E ", styles.of(MetricStatus.FAIL_BLOCK))
            return problem.append(clean(known.problem, 400), styles.text)
        if request is None:
            return Text("Choose a build, or type one in; quotes must be closed.", styles.quiet)
        if plan is None or plan.request != request:
            starts = request == self._awaited
            words = f"planning…{' The run starts when the plan is there.' if starts else ''}"
            return Text(words, styles.quiet)
        if plan.problem:
            problem = Text("E ", styles.of(MetricStatus.FAIL_BLOCK))
            return problem.append(plan.problem, styles.text)
        return self._jobs_text(plan)

    def _jobs_text(self, plan: Plan) -> Text:
        styles, text = theme_styles(self.app), Text()
        numbers = Counter(job.plan for job in plan.jobs)
        for words, number in numbers.most_common(MAX_PLANS):
            names = [clean(job.job, 40) for job in plan.jobs if job.plan == words][:3]
            shown = ", ".join(names) + (", …" if number > len(names) else "")
            text.append(f"{number:,} ", styles.strong)
            text.append(clean(words.partition("; by hand")[0], 160), styles.text)
            text.append(f"  {shown}\n", styles.quiet)
        if not plan.is_whole:
            text.append(f"planning… {count(len(plan.jobs), 'run')} so far\n", styles.quiet)
        if len(numbers) > MAX_PLANS:
            rest = sum(sorted(numbers.values(), reverse=True)[MAX_PLANS:])
            text.append(f"and {count(rest, 'run')} more", styles.quiet)
        text.rstrip()
        return text

    # Keys and fields.

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if self.builds.build != self._shown_build:
            self._shown_build = self.builds.build
            self.query_one("#flags", Input).value = self._shown_build.flags
        self._show_request()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._show_request()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self._start()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._start()

    def _start(self) -> None:
        request = self.request()
        if request is not None:
            self._start_if_planned(request)
            return
        empty: list[Widget] = [
            box for box in self.query(Input) if box.display and not box.value and box.id != "flags"
        ]
        if empty:
            empty[0].focus()

    def _start_if_planned(self, request: RunRequest) -> None:
        """Start what the runner has planned; plan again what it has refused or not seen yet."""
        plan = self.plan
        if plan is not None and plan.request == request and not plan.is_refused:
            self._dismiss_with(request)
            return
        self.plan, self._awaited = None, request
        self._show_plan()
        self._plan_if_still(request)

    def _dismiss_with(self, request: RunRequest) -> None:
        self.dismiss(StartedRun(request, self.builds.known.folder))

    def action_rerun(self) -> None:
        if self.target.workspace is not None:
            ways = list(Rerun)
            self.rerun = ways[(ways.index(self.rerun) + 1) % len(ways)]
            self._show_request()

    def action_watching(self) -> None:
        self.watch_files = not self.watch_files
        self._show_request()

    def action_copy_command(self) -> None:
        from resim_inspect.tui.clipboard import copy

        request = self.request()
        if request is not None:
            copy(self.app, self._command_line(request))
