"""The parts of a fetch: names, tokens, journals, and files put together again."""

from __future__ import annotations

import base64
import json
import os
import random
from pathlib import Path
from uuid import uuid5

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.errors import TokenError
from runner.download import assemble
from runner.download.file_names import FileNames, name_problem
from runner.download.journal import Journal
from runner.download.selection import folder_names, revision
from runner.download.token import expiry, find_token, read_token
from runner.errors import CallError
from tests.runner.fetch_harness import BATCH, job_id, job_row

# -- names ---------------------------------------------------------------------------------------


def test_folders_do_not_depend_on_the_order_of_the_list() -> None:
    rows = [
        job_row(n, experienceName=name) for n, name in enumerate(["a", "A", "b/c", "b:c", "con"])
    ]
    names = folder_names(rows, {})
    chance = random.Random(2)
    for _ in range(20):
        chance.shuffle(rows)
        assert folder_names(rows, {}) == names
    assert names[job_id(0)] == f"a-{job_id(0)[:8]}"
    assert names[job_id(1)] == f"A-{job_id(1)[:8]}"
    assert names[job_id(4)] == "con_"
    odd = [job_row(n, experienceName=name) for n, name in enumerate(["--help", "LPT1.txt", "com"])]
    assert sorted(folder_names(odd, {}).values()) == ["LPT1_.txt", "_--help", "com"]
    assert len({one.casefold() for one in names.values()}) == 5
    # A name that was given stays, whoever comes later.
    more = [*rows, job_row(9, experienceName="con")]
    assert folder_names(more, names).items() >= names.items()


def test_a_revision_changes_with_the_job() -> None:
    assert revision(job_row(1)) == revision(job_row(1, extra=5))
    assert (
        len({revision(job_row(1)), revision(job_row(1, runCounter=2)), revision(job_row(2))}) == 3
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "is empty"),
        ("/etc/passwd", "outside of its folder"),
        ("../x", "outside of its folder"),
        ("a/../../x", "outside of its folder"),
        ("a\\b", "outside of its folder"),
        ("a\nb", "characters that cannot be displayed"),
        ("x" * 300, "too long"),
        ("abcdefgh/" * 120 + "x", "folders"),
        ("a/" * 70, "more than 64 folders"),
    ],
)
def test_files_do_not_leave_their_folder(name: str, problem: str) -> None:
    assert problem in name_problem(name)


def test_names_of_one_folder_are_a_set(tmp_path: Path) -> None:
    files = []
    for number, content in enumerate([b"1", b"2", b"1"]):
        files.append(tmp_path / str(number))
        files[-1].write_bytes(content)
    one, two, like_one = files
    names = FileNames(["metrics.binproto"])

    def add(name: str, path: Path = one) -> str:
        return names.add(name, path, ("logs", name))

    assert add("images/./a b.png") == "images/a b.png"
    assert add("images/a b.png", like_one) == "images/a b.png"
    assert add("Images/A B.png", two) == "Images/A B (2).png"
    assert add("images/a b.png", two) == "Images/A B (2).png"
    assert add("a/" * 20 + "deep") == "a/" * 20 + "deep"
    assert add("Caf\u00e9") == "Caf\u00e9"
    assert add("Cafe\u0301", two) == "Cafe\u0301 (2)"
    clashes = ("images/a b.png/x", "below the file"), ("IMAGES", "the folder of the file")
    reserved = ("Metrics.binproto", "is reserved"), ("metrics.binproto/x", "below the file")
    for name, problem in (*clashes, *reserved, ("../x", "outside")):
        with pytest.raises(ValueError, match=problem):
            add(name)
    folded = [name.casefold() for name in names.files]
    assert len(folded) == len(set(folded)) == 5
    # A long name has no room for a number.
    long = "x" * 255
    assert add(long) == long
    with pytest.raises(ValueError, match="too long"):
        add(long, two)


@pytest.mark.parametrize(
    ("name", "on_windows"),
    [
        ("con.txt", "con_.txt"),
        ("logs/AUX", "logs/AUX_"),
        ("lpt1.tar.gz/x", "lpt1_.tar.gz/x"),
        ("COM\u00b9", "COM\u00b9_"),
        ("nul .txt", "nul _.txt"),
        ("C:evil", "C_evil"),
        ("metrics.binproto:stream", "metrics.binproto_stream"),
        ("2024-01-01T10:00:00.mcap", "2024-01-01T10_00_00.mcap"),
        ('a<>"|?*b', "a______b"),
        ("trailing./dots .", "trailing_/dots _"),
        ("console.txt", "console.txt"),
        ("a/./b.png", "a/b.png"),
    ],
)
def test_names_that_windows_forbids_are_changed_there_and_kept_elsewhere(
    tmp_path: Path, name: str, on_windows: str
) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "other").write_bytes(b"2")
    there, here = FileNames(windows=True), FileNames(windows=False)
    assert there.add(name, tmp_path / "file", ("logs", "1")) == on_windows
    assert here.add(name, tmp_path / "file", ("logs", "1")) == name.replace("/./", "/")
    # What became the same name is another file all the same.
    numbered = there.add(on_windows, tmp_path / "other", ("logs", "2"))
    assert numbered != on_windows
    assert len(there.files) == 2


# -- tokens --------------------------------------------------------------------------------------


def test_a_token_comes_from_where_it_is_safe(tmp_path: Path) -> None:
    file = tmp_path / "resim-inspect" / "token"
    file.parent.mkdir()
    file.write_text("from-file\nrest\n")
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    for mode in (0o644, 0o640, 0o604):
        file.chmod(mode)
        with pytest.raises(CallError, match="other users can read it"):
            find_token(None, home, 0.0)
    file.chmod(0o600)
    assert find_token(None, home, 0.0) == "from-file"
    assert find_token(None, {**home, "RESIM_TOKEN": " from-environment\n"}, 0.0) == (
        "from-environment"
    )
    assert find_token(file, {"RESIM_TOKEN": "x"}, 0.0) == "from-file"
    with pytest.raises(CallError, match=r"not a regular file|cannot be read"):
        read_token(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(CallError, match="not a regular file"):
        read_token(tmp_path / "pipe")


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Evil: 1", "tök", " "])
def test_a_token_that_would_be_more_than_a_token_is_refused(token: str) -> None:
    with pytest.raises(CallError):
        find_token(None, {"RESIM_TOKEN": token}, 0.0)


def test_without_a_token_or_a_terminal_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "empty").open("w+") as empty:
        monkeypatch.setattr("sys.stdin", empty)
        with pytest.raises(CallError) as caught:
            find_token(None, {"HOME": str(tmp_path)}, 0.0)
    assert "RESIM_TOKEN" in caught.value.hint


def test_a_terminal_is_asked_for_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("sys.stdin.isatty", "sys.stderr.isatty"):
        monkeypatch.setattr(stream, lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed\n")
    assert find_token(None, {"HOME": str(tmp_path)}, 0.0) == "typed"

    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody)
    with pytest.raises(CallError, match="no token"):
        find_token(None, {"HOME": str(tmp_path)}, 0.0)


def test_an_expired_token_is_known_before_it_is_sent() -> None:
    body = base64.urlsafe_b64encode(json.dumps({"exp": 1_700_000_000}).encode()).decode()
    token = f"head.{body.rstrip('=')}.signature"
    assert find_token(None, {"RESIM_TOKEN": token}, 1_600_000_000.0) == token
    with pytest.raises(TokenError, match="expired on 2023-11-14 at 22:13 UTC"):
        find_token(None, {"RESIM_TOKEN": token}, 1_800_000_000.0)
    for other in ("opaque", "a.b.c", "a.!!!.c", "a.W10.c", "a.eyJleHAiOnRydWV9.c"):
        assert expiry(other) is None


# -- journals ------------------------------------------------------------------------------------


def test_a_journal_that_was_cut_anywhere_gives_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal"
    contents = {f"metrics/{n}": bytes([n]) * (n * 7) for n in range(6)}
    journal = Journal(path, "one")
    for key, content in contents.items():
        journal.add(key, content)
    journal.close()
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        cut = Journal(path, "one")
        found = {key: cut.get(key) for key in contents}
        assert all(found[key] in {None, content} for key, content in contents.items())
        # It goes on from there.
        for key, content in contents.items():
            if found[key] is None:
                cut.add(key, content)
        cut.close()
        again = Journal(path, "one")
        assert {key: again.get(key) for key in contents} == contents
    other = Journal(path, "two")
    assert other.get("metrics/1") is None
    other.add("metrics/1", b"new")
    other.add("metrics/2", b"newer")
    assert Journal(path, "two").get("metrics/1") == b"new"
    assert Journal(path, "one").get("metrics/1") is None
    other.remove()
    assert not path.exists()


def test_a_journal_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, "one")
    journal.add("a", b"first")
    journal.add("b", b"second")
    journal.close()
    data = path.read_bytes()
    path.write_bytes(data.replace(b"second", b"sEcond"))
    changed = Journal(path, "one")
    assert (changed.get("a"), changed.get("b")) == (b"first", None)


# -- files ---------------------------------------------------------------------------------------


def test_a_file_put_together_is_the_file_that_was_taken_apart() -> None:
    b = DocumentBuilder(seed="x")
    b.scalar("a", 1.0, status="FAIL_WARN")
    b.doubles("big", [0.5] * 5000)
    message = b.message()
    metrics = [one.SerializeToString() for one in message.job_level_metrics.metrics]
    data = [one.SerializeToString() for one in message.metrics_data]
    for status in ("FAIL_WARN", "NEW_WORD", ""):
        made = b"".join(assemble.assemble(job_id(1), status, metrics, data, []))
        assert pb.JobMetrics.FromString(made) == message
        assert made == b.bytes()
    empty = pb.JobMetrics.FromString(b"".join(assemble.assemble(job_id(1), "", [], [], [])))
    assert empty.job_id.id.data == job_id(1)


def test_odd_encodings_of_parts_stay_as_they_are() -> None:
    # A name in two pieces and an unknown field: legal, and not how anybody would write it.
    odd = b"\x12\x01a\x12\x01b\xf8\x07\x05"
    made = b"".join(assemble.assemble(job_id(1), "PASSED", [odd], [odd], []))
    assert made.count(odd) == 2
    assert pb.JobMetrics.FromString(made).job_level_metrics.metrics[0].name == "b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T01:00:00.000000001+01:00", 1),
        ("1969-12-31T23:59:59.25Z", -750_000_000),
        ("2026-01-02T03:04:05.123456789Z", 1_767_323_045_123_456_789),
    ],
)
def test_times_are_read_to_the_nanosecond(text: str, expected: int) -> None:
    assert assemble.nanos(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "1970-01-01"])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^has no valid time$"):
        assemble.nanos(text)


def test_an_event_refers_to_metrics_as_they_spell_their_ids() -> None:
    one = str(uuid5(BATCH, "metric"))
    metric = pb.Metric(name="m")
    metric.metric_id.id.data = f"{{{one.upper()}}}"
    row = {"eventID": one, "timestamp": "1970-01-01T00:00:00Z", "metricsIDs": [one, "other", 5]}
    event = assemble.event_of(row, assemble.id_spelling([metric.SerializeToString()]), str)
    assert [each.id.data for each in event.metrics] == [f"{{{one.upper()}}}", "other"]


def test_a_blob_that_is_no_message_is_seen() -> None:
    assert assemble.problem_of(b"<html>", {}, pb.Metric)
    assert assemble.problem_of(b"", {}, pb.Metric)
    assert not assemble.problem_of(pb.Metric(name="x").SerializeToString(), {}, pb.Metric)


@pytest.mark.parametrize(("kind", "key"), [(pb.Metric, "metricID"), (pb.MetricsData, "dataID")])
def test_a_blob_is_compared_with_its_row(
    kind: type[pb.Metric] | type[pb.MetricsData], key: str
) -> None:
    one, other = job_id(1), job_id(2)
    made = kind(name="Cafe\u0301")
    ids = made.metric_id if isinstance(made, pb.Metric) else made.metrics_data_id
    ids.id.data = one.upper()
    blob = made.SerializeToString()
    for row in ({}, {"name": "Caf\u00e9", key: one}, {"name": None, key: "not an id"}):
        assert assemble.problem_of(blob, row, kind) == ""
    # Another id is a fault only if it is the one of another row: the API may have its own ids.
    row = {"name": "Cafe\u0301", key: other}
    assert assemble.problem_of(blob, row, kind, {other}) == ""
    assert "is that of another row" in assemble.problem_of(blob, row, kind, {one, other})
    assert assemble.problem_of(blob, {"name": "Cafe\u0301", key: one}, kind, {one, other}) == ""
    assert assemble.problem_of(blob, {"name": "Tea", key: one}, kind).startswith('is "Caf')
