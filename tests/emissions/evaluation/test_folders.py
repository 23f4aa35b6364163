"""Folders with emissions as documents: by whose path, from which files, and until when."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.derived import Control, derived_document, is_derived, register
from resim_inspect.document import open_document, parse_document
from resim_inspect.emission_jobs import find_jobs
from resim_inspect.emissions.evaluation.errors import EvaluationError
from resim_inspect.emissions.evaluation.folders import document_of, sources_of
from resim_inspect.errors import UnreadableError
from tests.emissions.evaluation.harness import custom, metric, write_config, write_outputs


def test_only_what_has_emissions_and_no_metrics_is_derived(tmp_path: Path) -> None:
    register(document_of)
    folder = write_outputs(tmp_path / "outputs")
    assert is_derived(folder / "metrics.binproto")
    assert is_derived(folder / "emissions.resim.jsonl")
    for other in (folder / "other.binproto", folder / "none.resim.jsonl", tmp_path / "x" / "y"):
        assert not is_derived(other)
        assert derived_document(other) is None
    with open_document(folder / "metrics.binproto") as document:
        assert document.path == folder / "metrics.binproto"
        assert len(document.data) > 3
    (folder / "metrics.binproto").write_bytes(b"its own")
    assert not is_derived(folder / "metrics.binproto")


def test_a_faulty_config_is_the_reason_why_nothing_opens(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    config = write_config(folder, {})
    config.write_text("metrics: [")
    with pytest.raises(UnreadableError, match=r"cannot be evaluated: .*config\.resim\.yml"):
        document_of(folder / "metrics.binproto")


def test_topics_are_series_behind_those_of_the_metrics(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    folder = write_outputs(tmp_path / "outputs")
    # The series of this metric has the name of a field.
    write_config(tmp_path, {"speed": metric("SELECT timestamp, v FROM speed", "line")})
    path = folder / "metrics.binproto"
    evaluated, with_topics = document_of(path), document_of(path, with_topics=True)
    assert evaluated is not None
    assert with_topics is not None
    plain, document = parse_document(evaluated), parse_document(with_topics)
    assert len(plain.metrics) == len(document.metrics)
    names = [data.name for data in document.data]
    assert {"speed: state", "speed: n", "speed: ok", "frame: file"} <= set(names)
    assert not {"speed: state", "speed: n"} & {data.name for data in plain.data}
    assert "speed: v #2" in names
    assert len({data.id for data in document.data}) == len(names)


def test_a_cancelled_evaluation_ends_at_once(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    folder = write_outputs(tmp_path / "outputs")
    write_config(folder, {"Count": metric("SELECT COUNT(*) FROM speed", "scalar")})
    with pytest.raises(UnreadableError, match="not evaluated to its end"):
        document_of(folder / "metrics.binproto", Control(is_cancelled=lambda: True))
    # Nothing of it is kept.
    assert document_of(folder / "metrics.binproto") is not None


def test_a_template_in_a_folder_of_its_own_is_read_again(tmp_path: Path) -> None:
    for library in ("duckdb", "liquid"):
        pytest.importorskip(library)
    folder = write_outputs(tmp_path / "outputs")
    config = write_config(folder, {"Figure": custom("SELECT v FROM speed", "plots/one.liquid")})
    template = config.parent / "templates" / "plots" / "one.liquid"
    template.parent.mkdir(parents=True)
    path = folder / "metrics.binproto"
    documents = []
    for title in ("first", "another"):
        template.write_text(f'{{"data": [], "layout": {{"title": "{title}"}}}}')
        documents.append(document_of(path) or b"")
    assert template in sources_of(path)
    assert b"first" in documents[0]
    assert b"another" in documents[1]


def test_a_dangling_link_between_the_templates_is_ignored(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    folder = write_outputs(tmp_path / "outputs")
    config = write_config(folder, {"Count": metric("SELECT COUNT(*) FROM speed", "scalar")})
    templates = config.parent / "templates"
    templates.mkdir()
    # The lock that Emacs makes beside a file with unsaved changes.
    (templates / ".#x.liquid").symlink_to("user@host.1")
    assert document_of(folder / "metrics.binproto") is not None


def test_jobs_of_every_kind_of_path(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "jobs" / "calm" / "outputs")
    write_outputs(tmp_path / "jobs" / "windy" / "outputs")
    for path in (outputs, outputs.parent, outputs / "emissions.resim.jsonl"):
        found = find_jobs(path)
        assert (len(found.jobs), found.is_batch, found.folder) == (1, False, outputs)
        assert found.jobs[0].name == "calm"
    workspace = find_jobs(tmp_path)
    assert [job.media_prefix for job in workspace.jobs] == [
        "jobs/calm/outputs/",
        "jobs/windy/outputs/",
    ]
    assert len({job.identity.batch_id for job in workspace.jobs}) == 1
    loose = find_jobs(tmp_path / "jobs")
    assert [job.name for job in loose.jobs] == ["calm", "windy"]
    assert loose.is_batch
    with pytest.raises(EvaluationError, match="has no emissions"):
        find_jobs(Path(__file__).parent)
