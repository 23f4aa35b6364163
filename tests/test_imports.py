"""Modules that each package loads in a fresh interpreter: nothing heavy, nothing from above."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample

ROOT = Path(__file__).parents[1]
SCREEN = ("textual", "rich", "plotext")
NETWORK = ("requests", "docker", "urllib3")
HEAVY = ("numpy", "pandas", "PIL", "plotly")
PURE_PROTOBUF = ("google.protobuf.text_format", "google.protobuf.internal.encoder")
"""Modules that protobuf imports for messages in pure Python."""
ADAPTER = "resim_inspect.charts.plotext_backend"
EXTRAS = {
    "duckdb": "resim_inspect.emissions.evaluation.processes.query_process",
    "liquid": "resim_inspect.emissions.evaluation.processes.render_process",
}
"""Optional packages, and the module of the emissions that imports each."""


def loaded(code: str, *words: str | Path) -> set[str]:
    """The names in sys.modules after this code has run in an interpreter of its own."""
    program = f"import sys\n{code}\nprint(*sys.modules, sep='\\n', file=sys.__stderr__)"
    result = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stderr.split())


def modules_of(*names: str) -> list[str]:
    """Names of these packages and of every module in them; none of them is imported here."""
    found = []
    for name in names:
        folder = ROOT / name.replace(".", "/")
        found.append(name)
        found += [
            one.name
            for one in pkgutil.walk_packages([str(folder)], f"{name}.", onerror=lambda _: None)
            if not one.name.endswith("__main__")
        ]
    return found


def beneath(names: set[str], *packages: str) -> set[str]:
    """Select the `names` that are one of these packages or in it."""
    return {name for name in names if any(f"{name}.".startswith(f"{one}.") for one in packages)}


def import_all(names: list[str]) -> str:
    return "import " + ", ".join(names)


def test_opening_a_document_needs_nothing_heavy() -> None:
    names = loaded("import resim_inspect.document")
    assert not beneath(names, *SCREEN, *NETWORK, *HEAVY, *PURE_PROTOBUF)


def test_protobuf_in_pure_python_is_there_when_something_uses_it() -> None:
    names = loaded(
        "import os\nos.environ['PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION'] = 'python'\n"
        "from resim_inspect.schema import metrics_pb2 as pb\n"
        "message = pb.Metric(name='speed')\n"
        "assert pb.Metric.FromString(message.SerializeToString()) == message\n"
        "assert str(message) == 'name: \"speed\"\\n'"
    )
    assert beneath(names, *PURE_PROTOBUF) >= set(PURE_PROTOBUF)


@pytest.mark.parametrize("words", [["validate"], ["validate", "--format", "json"]])
def test_validating_a_small_file_needs_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    code = "from resim_inspect.cli import main\nassert main(sys.argv[1:]) == 0"
    names = loaded(code, *words, path)
    assert "resim_inspect.validation" in names
    assert not beneath(names, *SCREEN, *NETWORK, *HEAVY, "yaml", "sqlglot")
    assert not beneath(names, "resim_inspect.emissions")
    assert not beneath(names, "resim_inspect.charts", "resim_inspect.tui", "runner")


def test_showing_as_json_needs_no_charts(tmp_path: Path) -> None:
    code = "from resim_inspect.cli import main\nassert main(sys.argv[1:]) == 0"
    names = loaded(code, "show", "--format", "json", write_sample(tmp_path))
    assert not beneath(names, *SCREEN, *NETWORK, "PIL", "pandas")
    assert not beneath(names, "resim_inspect.charts", "resim_inspect.tui", "runner")


def test_the_linear_output_needs_no_app(tmp_path: Path) -> None:
    code = "from resim_inspect.cli import main\nassert main(sys.argv[1:]) == 0"
    names = loaded(code, "--plain", write_sample(tmp_path))
    assert "resim_inspect.commands.plain_output.session" in names
    assert not beneath(names, *SCREEN, *NETWORK, "PIL", "pandas", "resim_inspect.charts")


@pytest.mark.parametrize("format_", ["csv", "json", "ndjson"])
def test_exporting_text_formats_needs_no_extra(format_: str, tmp_path: Path) -> None:
    code = "from resim_inspect.cli import main\nassert main(sys.argv[1:]) == 0"
    words = ("export", write_sample(tmp_path), "--to", format_, "-o", tmp_path / "out")
    names = loaded(code, *words)
    assert "resim_inspect.export" in names
    assert not beneath(names, *SCREEN, *NETWORK, "duckdb", "pandas", "plotly", "PIL")
    assert not beneath(names, "resim_inspect.charts", "resim_inspect.tui")


def test_help_needs_no_command() -> None:
    names = loaded("from resim_inspect.cli import main\nassert main(['--help']) == 0")
    assert beneath(names, "resim_inspect.commands") == {"resim_inspect.commands"}
    assert not beneath(names, *SCREEN, *NETWORK, *HEAVY)


@pytest.mark.parametrize(
    ("program", "absent"),
    [("resim_inspect", ("shutil", "json")), ("runner", ("shutil", "json", "typing"))],
)
def test_help_loads_little_of_the_standard_library(program: str, absent: tuple[str, ...]) -> None:
    names = loaded(f"from {program}.cli import main\nassert main(['--help']) == 0")
    # Some ways of installing load them for every program.
    assert not beneath(names - loaded(""), *absent, "dataclasses")


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("schema", ("document", "validation", "charts", "tui", "commands", "cli")),
        ("document", ("validation", "charts", "tui", "commands", "cli")),
        ("validation", ("charts", "tui", "commands", "cli")),
        ("charts", ("comparison", "tui", "commands", "cli")),
        ("comparison", ("charts", "tui", "commands", "cli")),
        ("emissions", ("charts", "comparison", "export", "tui", "commands", "cli")),
    ],
)
def test_a_package_knows_none_above_it(package: str, above: tuple[str, ...]) -> None:
    missing = {module for name, module in EXTRAS.items() if find_spec(name) is None}
    modules = modules_of(f"resim_inspect.{package}")
    names = loaded(import_all([name for name in modules if name not in missing]))
    assert f"resim_inspect.{package}" in names
    assert not beneath(names, *(f"resim_inspect.{one}" for one in above), "runner")
    assert not beneath(names, "textual", *NETWORK, "pandas")
    if package != "charts":
        assert not beneath(names, *SCREEN)


def test_no_module_of_the_export_loads_duckdb_at_import() -> None:
    names = loaded(import_all(modules_of("resim_inspect.export")))
    assert not beneath(names, "duckdb", "plotly", *SCREEN, *NETWORK)


def test_plotext_is_loaded_by_one_module_of_the_charts() -> None:
    others = [name for name in modules_of("resim_inspect.charts") if name != ADAPTER]
    code = f"sys.modules[{ADAPTER!r}] = type(sys)({ADAPTER!r})\n"
    code += "sys.modules[" + repr(ADAPTER) + "].__getattr__ = lambda name: None\n"
    names = loaded(code + import_all(others))
    assert not beneath(names, "plotext")


@pytest.mark.skipif(find_spec("runner") is None, reason="needs the runner")
def test_the_runner_knows_no_screen() -> None:
    names = loaded(import_all(modules_of("runner")))
    # rich draws its progress, and is loaded if it can draw on a terminal.
    assert not beneath(names, "textual", "plotext", "resim_inspect.charts", "resim_inspect.tui")


@pytest.mark.skipif(find_spec("runner") is None, reason="needs the runner")
def test_the_command_of_the_runner_loads_no_engine() -> None:
    code = (
        "import runner\nimport importlib.util as u\nif u.find_spec('runner.cli'): import runner.cli"
    )
    assert not beneath(loaded(code), *SCREEN, *NETWORK, *HEAVY)


@pytest.mark.skipif(
    not (ROOT / "runner/api/stub_server/server.py").is_file(), reason="needs the stub server"
)
def test_the_stub_server_knows_the_standard_library_only() -> None:
    names = loaded("import runner.api.stub_server.server")
    foreign = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    assert foreign - {"runner", "sitecustomize", "_distutils_hack", "__main__"} <= {"resim_inspect"}
    assert not beneath(names, *SCREEN, *NETWORK, *HEAVY, "google")


def test_the_list_of_metrics_is_there_before_values_and_dialogs() -> None:
    """The first frame shows names and statuses alone; the rest is loaded after it."""
    names = loaded(
        "import resim_inspect.tui.app, resim_inspect.tui.document.screen\n"
        "import resim_inspect.tui.document.metrics.pane"
    )
    later = (
        *("document.model", "tui.widgets.dialogs", "tui.runs.run_request", "charts"),
        *("tui.document.run_changes", "tui.user_state"),
        *("comparison", "emissions", "export", "settings", "tui.exporting.dialog", "tui.inputs"),
        *("tui.help_screen", "tui.command_palette", "tui.clipboard", "tui.workspace.jobs_reader"),
        *("tui.document.data", "tui.document.events", "tui.document.findings"),
    )
    assert not beneath(names, *(f"resim_inspect.{name}" for name in later), "hashlib", *HEAVY)
    assert not beneath(names, "shlex", "tomllib", "json", *PURE_PROTOBUF)


def test_nothing_is_collected_while_the_app_is_imported(tmp_path: Path) -> None:
    program = (
        "import gc, types\n"
        "from resim_inspect.cli import main\n"
        "sys.stdin = types.SimpleNamespace(isatty=lambda: True)\n"
        "sys.stdout = types.SimpleNamespace(isatty=lambda: True, flush=lambda: None)\n"
        "collections = lambda: sum(each['collections'] for each in gc.get_stats())\n"
        "before = collections()\n"
        "assert main(sys.argv[1:]) == 2\n"
        "sys.stdout = sys.__stdout__\n"
        "assert collections() - before < 20, collections() - before"
    )
    names = loaded(program, tmp_path / "none.binproto")
    assert "resim_inspect.tui.app" in names
    assert not beneath(names, "argparse", "gettext", "resim_inspect.tui.widgets.filter_box")


def test_the_app_starts_without_what_fetches() -> None:
    names = loaded("import resim_inspect.tui.app, resim_inspect.tui.workspace.screen")
    assert not beneath(names, *NETWORK, "runner", "resim_inspect.tui.cloud.fetch_screen")
    # A process of its own speaks to servers.
    names = loaded(
        "import resim_inspect.tui.cloud.fetch_screen, resim_inspect.tui.cloud.fetch_dialogs"
    )
    assert not beneath(names, *NETWORK, "runner.api.client.client", "runner.download")


def test_help_reads_no_project_file() -> None:
    for words in (["--help"], ["run", "--help"], ["job", "--help"]):
        names = loaded(f"from runner.cli import main\nassert main({words!r}) == 0")
        assert not beneath(names, "tomllib", "difflib", "resim_inspect.settings.project")
        assert not beneath(names, "resim_inspect.comparison")
    names = loaded("from resim_inspect.cli import main\nassert main(['--help']) == 0")
    assert not beneath(names, "tomllib", "resim_inspect.settings")
