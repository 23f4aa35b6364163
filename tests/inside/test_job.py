"""Job mode of the entry point: what it writes, what it says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.document import open_document
from resim_inspect.document.enums import MetricStatus
from runner.inside.errors import Code
from runner.workspace.contract import REJECTED
from tests.inside.runtime_harness import JOB_ID, PASSES, RuntimeHarness, needs_sdk

pytestmark = needs_sdk


def test_a_job_becomes_a_valid_file(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES + "    print(sorted(p.name for p in inputs.folder.iterdir()))\n")
    assert harness.run(monkeypatch) == Code.DONE
    said = capsys.readouterr()
    assert said.out == "['experience', 'logs']\n"
    assert "job mode: PASSED, 1 metric, 0 data" in said.err
    with open_document(harness.metrics) as document:
        assert document.job_id == str(JOB_ID)
        assert [metric.name for metric in document.metrics] == ["Speed"]
    assert [path.name for path in harness.outputs.iterdir()] == ["metrics.binproto"]


def test_the_verdict_does_not_decide_how_it_ends(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.module(PASSES.replace("PASSED", "FAIL_BLOCK"))
    assert harness.run(monkeypatch) == Code.DONE
    with open_document(harness.metrics) as document:
        assert document.verdict is MetricStatus.FAIL_BLOCK


def test_a_returned_status_is_that_of_the_file(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.module(PASSES + "    return MetricStatus.FAIL_WARN_METRIC_STATUS\n")
    assert harness.run(monkeypatch) == Code.DONE
    with open_document(harness.metrics) as document:
        assert document.status is MetricStatus.FAIL_WARN
        assert document.metrics[0].status is MetricStatus.PASSED


def test_anything_else_that_is_returned_is_an_error(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES + "    return writer\n")
    assert harness.run(monkeypatch) == Code.FUNCTION
    assert "returned a ResimMetricsWriter" in capsys.readouterr().err
    assert not harness.metrics.exists()


@pytest.mark.parametrize("name", ["a_build", "pack.age"])
def test_the_module_may_be_in_a_package(
    harness: RuntimeHarness, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.name = name
    path = harness.folder / "app" / f"{name.replace('.', '/')}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PASSES)
    assert harness.run(monkeypatch) == Code.DONE
    if "." in name:
        import sys

        sys.modules.pop("pack", None)
        sys.modules.pop("pack.age", None)


def test_images_lie_beside_the_file(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.module(
        PASSES
        + "    (inputs.outputs / 'a.png').write_bytes(b'png')\n"
        + "    data = writer.add_external_file_metrics_data('a').with_filename('a.png')\n"
        + "    image = writer.add_image_metric('Map').with_image_data(data)\n"
        + "    image.with_status(MetricStatus.PASSED_METRIC_STATUS).with_description('a map')\n"
        + "    image.with_importance(MetricImportance.LOW_IMPORTANCE)\n"
    )
    assert harness.run(monkeypatch) == Code.DONE
    assert (harness.outputs / "a.png").read_bytes() == b"png"


def test_a_failing_function_shows_its_own_traceback_and_leaves_nothing(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.metrics.write_bytes(b"of an earlier run")
    harness.module(PASSES + "    raise ValueError('no \\x1b[31msamples')\n")
    assert harness.run(monkeypatch) == Code.FUNCTION
    said = capsys.readouterr().err
    assert "a_build.py" in said
    assert "runner/inside" not in said
    assert "job_metrics failed with ValueError: no \ufffd[31msamples." in said
    assert "\x1b" not in said
    assert list(harness.outputs.iterdir()) == []


def test_leaving_the_program_is_no_way_to_be_done(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES + "    raise SystemExit(0)\n")
    assert harness.run(monkeypatch) == Code.FUNCTION
    assert "exit code 0; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "code", "problem"),
    [
        ("x = 1\n", Code.SETUP, "has no job_metrics"),
        ("job_metrics = 3\n", Code.SETUP, "job_metrics in"),
        ("def job_metrics(inputs): ...\n", Code.SETUP, "cannot be called with two arguments"),
        ("import not_there_at_all\n", Code.FUNCTION, "No module named 'not_there_at_all'"),
        ("1 / 0\n", Code.FUNCTION, "importing a_build failed with ZeroDivisionError"),
        ("def job_metrics(:\n", Code.FUNCTION, "SyntaxError"),
    ],
)
def test_a_module_that_is_no_build_is_told_apart_from_one_that_fails(
    harness: RuntimeHarness,
    source: str,
    code: Code,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harness.module(source)
    assert harness.run(monkeypatch) == code
    assert problem in capsys.readouterr().err
    assert not harness.metrics.exists()


def test_without_a_module_it_says_what_an_image_needs(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness.run(monkeypatch) == Code.SETUP
    said = capsys.readouterr().err
    assert "the module a_build was not found in" in said
    assert "COPY metrics.py /app/" in said
    harness.name = "../a_build"
    assert harness.run(monkeypatch) == Code.SETUP
    assert "not a valid module name" in capsys.readouterr().err


def test_opting_out_writes_a_file_without_metrics(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module("job_metrics = None\n")
    assert harness.run(monkeypatch) == Code.DONE
    assert "a_build opts out of job mode" in capsys.readouterr().err
    with open_document(harness.metrics) as document:
        assert len(document.metrics) == 0


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("writer.add_series_metrics_data('Speeds').with_series(np.array([]))", "Cannot pack an"),
        ("writer.add_series_metrics_data('Speeds').with_series(np.array([1]))", "Invalid data"),
    ],
)
def test_what_cannot_be_packed_is_named(
    harness: RuntimeHarness,
    lines: str,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harness.module(PASSES + f"    {lines}\n")
    assert harness.run(monkeypatch) == Code.INVALID
    err = capsys.readouterr().err
    assert f'the metrics data "Speeds" cannot be packed: {problem}' in err
    assert "float (not int)" in err


def test_an_invalid_file_is_explained_and_kept_under_another_name(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES + "    add(writer)\n    add(writer, 'Height').status = None\n")
    assert harness.run(monkeypatch) == Code.INVALID
    said = capsys.readouterr().err
    assert "the metrics are invalid (" in said
    assert 'metrics["Height"]' in said
    assert 'has the same name as metrics[0]: "Speed"' in said
    assert not harness.metrics.exists()
    with open_document(harness.outputs / REJECTED.name) as document:
        assert len(document.metrics) == 3
    # The next run clears it away.
    harness.module(PASSES)
    assert harness.run(monkeypatch) == Code.DONE
    assert [path.name for path in harness.outputs.iterdir()] == ["metrics.binproto"]


def test_the_official_validator_is_asked_as_well(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from resim.metrics.proto import validate_metrics_proto

    def refuse(_: object) -> None:
        raise validate_metrics_proto.InvalidMetricsException("out of spite")

    monkeypatch.setattr(validate_metrics_proto, "validate_job_metrics", refuse)
    harness.module(PASSES)
    assert harness.run(monkeypatch) == Code.INVALID
    assert "ReSim's validator rejects the metrics: out of spite" in capsys.readouterr().err


def test_ours_alone_can_reject_too(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from resim.metrics.proto import validate_metrics_proto

    monkeypatch.setattr(validate_metrics_proto, "validate_job_metrics", lambda _: None)
    harness.module(PASSES + "    add(writer, 'Height').status = None\n")
    assert harness.run(monkeypatch) == Code.INVALID
    assert "ReSim's own accepts them" in capsys.readouterr().err


def test_the_folders_default_to_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    from runner.inside.folders import inputs_folder, outputs_folder

    assert inputs_folder({}) == Path("/tmp/resim/inputs")
    assert outputs_folder({"RESIM_OUTPUTS": ""}) == Path("/tmp/resim/outputs")
    assert outputs_folder({"RESIM_OUTPUTS": "/elsewhere"}) == Path("/elsewhere")


def test_it_loads_nothing_of_other_packages(harness: RuntimeHarness) -> None:
    harness.module(
        PASSES + "    import sys\n    print(*(n for n in sys.modules if n.startswith("
        "('textual', 'rich', 'plotext', 'docker', 'PIL', 'runner.', 'resim_inspect.'))))\n"
    )
    process = harness.start()
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    loaded = out.split()
    assert "runner.inside.main" in loaded
    packages = {".".join(name.split(".")[:2]) for name in loaded}
    assert packages <= {
        "resim_inspect.document",
        "resim_inspect.derived",
        "resim_inspect.errors",
        "resim_inspect.files",
        "resim_inspect.garbage",
        "resim_inspect.schema",
        "resim_inspect.text",
        "resim_inspect.validation",
        "runner.workspace",
        "runner.inside",
    }
    workspace = {name for name in loaded if name.startswith("runner.workspace")}
    names = ("runner.workspace", "runner.workspace.contract", "runner.workspace.urls")
    assert workspace == set(names)
