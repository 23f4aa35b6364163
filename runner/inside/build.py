"""The author's module: lookup of its function for a mode, and errors of its code."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from resim_inspect.text import clean
from runner.inside.errors import Code, Interrupt, RunError
from runner.workspace.contract import Mode

VARIABLE = "RESIM_METRICS"
DEFAULT = "metrics"
APP = "/app"
FUNCTIONS = {
    Mode.JOB: ("job_metrics", "inputs, writer"),
    Mode.BATCH: ("batch_metrics", "jobs, writer"),
    Mode.REPORT: ("report_metrics", "report, writer"),
}
_ABSENT = object()

Function = Callable[[Any, Any], Any]


def find_function(name: str, mode: Mode, app: str = APP) -> Function | None:
    """Find the function of the module `name` for a mode; None if the module opts out of it.

    The module is searched on Python's path, which has the working folder first, and in `app`.
    Raises RunError without the module or the function, or if the import fails.
    """
    module = _import(name, app)
    function_name, arguments = FUNCTIONS[mode]
    function = getattr(module, function_name, _ABSENT)
    where = clean(getattr(module, "__file__", None) or name)
    if function is None:
        return None
    if function is _ABSENT:
        raise RunError(
            Code.SETUP,
            f"the inputs are for {mode} mode, and {where} has no {function_name}.",
            f"Define {function_name}({arguments}), or opt out with: {function_name} = None",
        )
    if not callable(function):
        raise RunError(Code.SETUP, f"{function_name} in {where} is not a function.")
    try:
        inspect.signature(function).bind(None, None)
    except TypeError as error:
        raise RunError(
            Code.SETUP,
            f"{function_name} in {where} cannot be called with two arguments: {error}.",
            f"Define it as {function_name}({arguments}).",
        ) from error
    except ValueError:
        # Functions that are not written in Python may have no signature.
        pass
    return function


def _import(name: str, app: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise RunError(
            Code.SETUP,
            f'{VARIABLE} is "{clean(name, 120)}", which is not a valid module name.',
            "Write it as in an import statement: package.module, without .py.",
        )
    if Path(app).is_dir() and app not in sys.path:
        # After the working folder, which has the module in runs without a container.
        sys.path.insert(1, app)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise own_failure(f"importing {name}", error) from error
        places = " or ".join(dict.fromkeys([str(Path.cwd()), app]))
        raise RunError(
            Code.SETUP,
            f"the module {name} was not found in {places}.",
            f"Add COPY metrics.py {APP}/ to the image, or set {VARIABLE}=package.module.",
        ) from error
    except Interrupt:
        raise
    except BaseException as error:
        raise own_failure(f"importing {name}", error) from error


def own_failure(what: str, error: BaseException) -> RunError:
    """Error for a failure of the author's code; raise it from `error`."""
    if isinstance(error, KeyboardInterrupt):
        raise Interrupt(Code.INTERRUPTED) from error
    if isinstance(error, SystemExit):
        return RunError(
            Code.FUNCTION,
            f"{what} ended the program with exit code {error.code}; nothing was written.",
            "Raise an exception to fail, and return to succeed.",
        )
    kind = type(error).__name__
    text = clean(str(error), 300)
    return RunError(Code.FUNCTION, f"{what} failed with {kind}{': ' + text if text else ''}.")


def own_traceback(error: BaseException) -> TracebackType | None:
    """Traceback from the author's code on, without this program and the import system."""
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_globals.get("__name__", "")
        if not name.startswith(("runner.inside", "importlib")):
            return step
        step = step.tb_next
    return error.__traceback__
