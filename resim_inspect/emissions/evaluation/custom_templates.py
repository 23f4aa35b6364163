"""Custom templates: Liquid files beside the config that print a plotly figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.document.references import path_inside
from resim_inspect.emissions.config.model import TEMPLATE_FOLDER
from resim_inspect.emissions.evaluation.budget import Budget
from resim_inspect.emissions.evaluation.columns import Table, pack
from resim_inspect.emissions.evaluation.errors import RenderError
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, MEBIBYTE, Limits
from resim_inspect.emissions.evaluation.processes.child_process import (
    CancelledEvaluationError,
    ChildEndedError,
    ChildProcess,
    ChildTimeoutError,
)
from resim_inspect.text import clean, number, size

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.specs import MetricSpec

MAX_TEMPLATE = MEBIBYTE
_MODULE = "resim_inspect.emissions.evaluation.processes.render_process"
_DEEPEST = 25
"""Levels of a figure; protobuf reads about 31 levels of JSON in a metrics file."""
_LOADING_SHARE = 40
"""Memory of a result as Python's objects, in multiples of its bytes."""


class TemplateRenderer:
    """Renders templates, each in a limited process of its own."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, budget: Budget | None = None) -> None:
        self._limits = limits
        self._budget = Budget() if budget is None else budget

    def render(self, template: str, name: str, result: Table) -> str:
        """Return what a template prints of a result; `name` is that of its file.

        Raises RenderError, and CancelledEvaluationError or NotEvaluatedError by the budget.
        """
        limits = self._limits
        header, buffers = pack(result)
        loaded = sum(memoryview(buffer).nbytes for buffer in buffers)
        request = header | {"template": template, "output_bytes": limits.output_bytes}
        memory = limits.memory_bytes + _LOADING_SHARE * loaded
        # A process for each template: what one did to its process does not reach the next.
        process = ChildProcess(_MODULE, memory, self._budget.is_interrupted)
        try:
            seconds_left = self._budget.seconds(limits.render_seconds)
            frame = process.ask(
                request, buffers, seconds=seconds_left, most=4 * limits.output_bytes
            )
        except CancelledEvaluationError:
            self._budget.check()
            raise
        except ChildTimeoutError as error:
            self._budget.check()
            seconds = number(limits.render_seconds)
            message = f"The template was stopped after {seconds} s."
            raise RenderError(message, is_transient=True) from error
        except ChildEndedError as error:
            most = size(limits.memory_bytes)
            message = f"The template was stopped: it needs more than {most} of memory."
            raise RenderError(message, is_transient=True) from error
        finally:
            process.close()
        problem = frame.header.get("error")
        if problem is not None:
            line, column = int(frame.header["line"]), int(frame.header["column"])
            location = f"{name}:{line}:{column}" if line else name
            text = str(problem).rstrip(". ")
            if "output limit" in text or "output stream" in text:
                text = f"it prints more than {size(limits.output_bytes)}"
            raise RenderError(f"The template {clean(location)} cannot be rendered: {text}.")
        return frame.buffers[0].decode("utf-8", "replace")


def read_template(spec: MetricSpec) -> str:
    """Read the template of a metric from `templates/` beside its config; raises RenderError."""
    folder = spec.path.parent / TEMPLATE_FOLDER
    if not spec.template_file:
        raise RenderError("The metric has no template_file.")
    path = path_inside(folder, spec.template_file)
    shown = clean(spec.template_file, 200)
    if path is None:
        raise RenderError(f"The template file {shown} is not in {clean(str(folder))}.")
    return _read(path, shown)


def _read(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_TEMPLATE + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RenderError(f"The template file {shown} cannot be read: {reason}.") from error
    if len(data) > MAX_TEMPLATE:
        raise RenderError(f"The template file {shown} is larger than {size(MAX_TEMPLATE)}.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RenderError(f"The template file {shown} is not UTF-8.") from error


def parse_figure(text: str) -> dict[str, Any]:
    """Parse what a template printed, as strictly as a server's JSON parser; raises RenderError."""
    if not text.strip():
        raise RenderError("The template prints nothing; a plotly figure as JSON is expected.")
    try:
        figure = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1] if error.lineno <= len(text.splitlines()) else ""
        near = clean(line.strip()[:60])
        raise RenderError(
            f"The template does not print JSON: {error.msg}, line {error.lineno} column "
            f"{error.colno} of its output: {near}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise RenderError(f"The template does not print JSON: {error}.") from error
    if not isinstance(figure, dict) or not isinstance(figure.get("data"), list):
        raise RenderError(
            "The template prints JSON that is not a plotly figure: “data” is missing."
        )
    if _too_deep(figure):
        raise RenderError(f"The figure is nested deeper than {_DEEPEST} levels.")
    return figure


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for node in level
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
