"""The names that `resim_inspect` exports, and the modules that importing it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import resim_inspect

EXPORTED = {
    # Reading
    "open_document", "parse_document", "Document", "iter_series",
    "Metric", "MetricsData", "Event", "Series",
    "MetricStatus", "MetricType", "Importance", "DataType",
    # Validating
    "validate", "Report", "Finding", "Severity", "Target",
    # Building
    "DocumentBuilder",
    # Errors
    "InspectError", "DocumentError", "UnreadableError", "EmptyFileError", "TruncatedError",
    "MalformedError", "ChangedError", "TooLargeError", "SeriesError",
    "__version__",
}  # fmt: skip


def test_the_exported_names_are_these() -> None:
    assert set(resim_inspect.__all__) == EXPORTED
    assert len(resim_inspect.__all__) == len(EXPORTED)
    assert set(dir(resim_inspect)) >= EXPORTED


@pytest.mark.parametrize("name", sorted(EXPORTED - {"__version__"}))
def test_an_exported_name_is_the_object_of_that_name(name: str) -> None:
    value = getattr(resim_inspect, name)
    assert value.__name__ == name
    assert value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'open_documents'"):
        resim_inspect.open_documents  # noqa: B018


def test_the_names_do_together_what_the_package_promises(tmp_path: Path) -> None:
    build = resim_inspect.DocumentBuilder()
    build.scalar("Speed", 44.7, unit="m/s", status="FAIL_WARN")
    path = build.write(tmp_path / "metrics.binproto")
    with resim_inspect.open_document(path) as document:
        assert document.metrics[0].status is resim_inspect.MetricStatus.FAIL_WARN
        assert resim_inspect.validate(document).valid
    path.write_bytes(b"")
    with pytest.raises(resim_inspect.EmptyFileError, match="the file is empty") as caught:
        resim_inspect.open_document(path)
    assert caught.value.sentence == "The file is empty."
    assert caught.value.located() == f"{path} is empty"


def test_a_cause_that_is_a_sentence_gives_no_second_period() -> None:
    from resim_inspect.errors import UnreadableError

    error = UnreadableError("cannot be evaluated: the config is not valid YAML.", Path("out"))
    assert error.sentence.endswith("is not valid YAML.")


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = (
        "import sys, resim_inspect\n"
        "names = [n for n in sys.modules if n.startswith(('resim_inspect.', 'numpy', 'google'))]\n"
        "assert names == [], names\n"
        "resim_inspect.open_document\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
