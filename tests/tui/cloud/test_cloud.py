"""Batches of the cloud: their addresses, their cache folders, and the process that fetches them."""

from __future__ import annotations

import math
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from resim_inspect.cli import main
from resim_inspect.tui.batch_address import (
    AddressError,
    BatchAddress,
    parse_address,
    parse_path_or_address,
)
from resim_inspect.tui.cloud.cache import api_url, cache_folder, make_private
from resim_inspect.tui.cloud.fetch_process import FetchProcess
from resim_inspect.tui.cloud.fetch_state import Fetch, MissingItem
from resim_inspect.tui.open.recent import read_recent, remember
from resim_inspect.tui.user_state import state_file
from resim_inspect.tui.workspace.jobs_reader import listed_row
from tests.api.misbehaving_server import stall
from tests.runner.fetch_harness import BASE, BATCH, PROJECT, TOKEN
from tests.tui.cloud.fake_cloud import ADDRESS, FakeCloud

TEXT = f"resim://{PROJECT}/{BATCH}"


def test_addresses() -> None:
    assert parse_address(TEXT) == ADDRESS
    assert parse_address(f"  {TEXT.upper().replace('RESIM', 'resim')}/ ") == ADDRESS
    job = parse_address(f"{TEXT}/flight%201")
    assert job == (PROJECT, BATCH, "flight 1")
    assert job.whole_batch == ADDRESS
    for address in (ADDRESS, job, ADDRESS._replace(job="a/b %41")):
        assert parse_address(str(address)) == address
    assert parse_path_or_address("~/x") == Path.home() / "x"
    assert parse_path_or_address("~no-such-user/x") == Path("~no-such-user/x")
    assert parse_path_or_address(TEXT) == ADDRESS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("resim:", "the format is resim://PROJECT/BATCH"),
        ("resim://", "the format is"),
        (f"resim://{PROJECT}", "is not a valid batch address"),
        (f"resim:/{PROJECT}/{BATCH}", "is not a valid batch address"),
        (f"{TEXT}/a/b", "is not a valid batch address"),
        (f"{TEXT}/a%00b", "characters that no name can have"),
        (f"resim://{PROJECT}//{BATCH}", "is not a valid batch address"),
        (f"resim://demo/{BATCH}", "the project “demo” is not a valid UUID"),
        (f"resim://{PROJECT}/7\x1b[31m", "the batch “7�[31m” is not a valid UUID"),
    ],
)
def test_wrong_addresses_are_one_sentence(
    text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AddressError, match=r"^resim:") as caught:
        parse_address(text)
    assert words in str(caught.value)
    assert main([text]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert words in told


@pytest.mark.parametrize("command", ["validate", "show", "browse"])
def test_commands_that_read_files_refuse_addresses(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, TEXT]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert f"`{command}` reads files" in told.err
    assert "resim-runner fetch" in told.err
    assert not told.out


def test_without_a_terminal_the_error_names_an_alternative(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([TEXT]) == 2
    assert "`resim-runner fetch` downloads a batch" in capsys.readouterr().err


def test_cache_folders(tmp_path: Path) -> None:
    cache = {"XDG_CACHE_HOME": str(tmp_path)}

    def host(api: str) -> str:
        folder = cache_folder(ADDRESS._replace(job="x"), api, cache)
        assert folder.parts[-2:] == (str(PROJECT), str(BATCH))
        assert folder.parents[2] == tmp_path / "resim-inspect"
        return folder.parts[-3]

    assert host("https://api.resim.ai/v1") == "api.resim.ai"
    assert host("https://API.resim.ai:443/v1/") == "api.resim.ai"
    paths = ["", "/v2", "/a/b", "/a_b", "/A/b", "/v1/x", "/" + "x" * 300, "/%2e%2e"]
    others = {host(f"https://api.resim.ai{path}") for path in paths}
    assert len({name.casefold() for name in others}) == len(paths)
    assert all(name.startswith("api.resim.ai_") and len(name) < 80 for name in others)
    assert host("http://127.0.0.1:8080/v1") == "127.0.0.1_8080"
    assert host("http://[::1]/v1") == "__1"
    relative = cache_folder(ADDRESS, "https://a.b/v1", {"XDG_CACHE_HOME": "here"})
    assert relative.is_relative_to(Path.home() / ".cache")
    assert api_url({}) == "https://api.resim.ai/v1"
    with pytest.raises(AddressError, match="RESIM_API_URL"):
        api_url({"RESIM_API_URL": "nowhere"})


def test_a_user_without_a_home_names_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 987_654)
    with pytest.raises(AddressError, match="set XDG_CACHE_HOME to a folder"):
        cache_folder(ADDRESS, "https://a.b/v1", {})


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_cache_folders_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "batch"
    tmp_path.chmod(0o755)
    make_private(folder)
    for made in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    folder.chmod(0o755)
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (tmp_path / "file").write_text("x")
    with pytest.raises(AddressError, match="cannot be used"):
        make_private(tmp_path / "file" / "batch")


def test_addresses_among_recent_paths(tmp_path: Path) -> None:
    remember(tmp_path)
    remember(ADDRESS)
    remember(ADDRESS._replace(job="flight 1"))
    assert read_recent() == [ADDRESS._replace(job="flight 1"), ADDRESS, tmp_path]
    state_file("recent").write_text('{"paths": ["resim://broken", 7]}')
    assert read_recent() == []


def test_progress_of_a_fetch() -> None:
    fetch = Fetch()
    assert fetch.summary(0) == "requesting the list of jobs…"
    assert fetch.summary(7.2) == "requesting the list of jobs… · no answer for 7 s"
    fetch = fetch.after({"event": "plan", "jobs": 12, "kept": 2})
    assert fetch.summary(0) == "12 jobs, requesting their metrics…"
    fetch = fetch.after({"event": "table"}).after({"event": "news"})
    fetch = fetch.after({"event": "progress", "jobs": 12, "done": 5, "bytes": 4096})
    assert fetch.summary(0) == "5 of 12 jobs fetched · 4.1 kB"
    for number in range(3):
        lost = {"event": "missing", "job": f"j{number}", "what": "metrics a", "text": "gone"}
        fetch = fetch.after(lost)
    assert fetch.missing[0] == MissingItem("j0", "metrics a", "gone")
    assert fetch.missing_summary == "missing: j2: metrics a and 2 more"
    ended = fetch.after({"event": "end", "bytes": 9000, "notes": ["j4 is not over yet."]})
    assert ended.summary(9) == "12 jobs fetched · 9 kB · j4 is not over yet."
    assert ended.stop() == ended
    stopped = fetch.stop()
    assert stopped.summary(0) == "stopping…"
    assert (
        stopped.after({"event": "over"}).summary(0)
        == "stopped: 5 of 12 jobs fetched, which are kept"
    )
    died = fetch.after({"event": "over", "text": "Killed\x1b."})
    assert died.summary(0) == "fetch failed: the fetch ended unexpectedly: Killed�."
    assert died.hint == "F5 resumes it."
    error = fetch.after({"event": "error", "text": "no.", "hint": "so.", "kind": "TokenError"})
    assert (error.summary(0), error.wants_token) == ("fetch failed: no.", True)


def test_the_process_of_a_fetch(
    cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A package of the same name in the current directory must not be imported.
    here = tmp_path / "here"
    (here / "runner").mkdir(parents=True)
    (here / "runner" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(here)
    make_private(cloud.folder)
    child = FetchProcess(
        ADDRESS, cloud.folder, cloud.server.url, {**os.environ, "RESIM_TOKEN": ""}, TOKEN
    )
    assert not any(TOKEN in word for word in child.command)
    events = [one["event"] for one in child.events()]
    assert [one for one in events if one != "progress"] == ["plan", "table", "end"]
    asked = [one.headers["authorization"] for one in cloud.server.asked(f"{BASE}/jobs")]
    assert asked == [f"Bearer {TOKEN}"]
    assert len(list(cloud.folder.glob("jobs/*/outputs/metrics.binproto"))) == 3


def test_a_stopped_process_ends_at_once(cloud: FakeCloud) -> None:
    make_private(cloud.folder)
    child = FetchProcess(ADDRESS, cloud.folder, cloud.server.url, os.environ)
    child.stop()
    # Without an outcome its progress line would stay at “stopping…”.
    assert list(child.events()) == [{"event": "over", "text": ""}]
    cloud.server.on(f"{BASE}/jobs", stall(30))
    child = FetchProcess(ADDRESS, cloud.folder, cloud.server.url, os.environ)
    events: list[str] = []
    thread = threading.Thread(target=lambda: events.extend(e["event"] for e in child.events()))
    thread.start()
    end = time.monotonic() + 60
    while not cloud.server.requests:
        assert time.monotonic() < end
        time.sleep(0.01)
    before = time.monotonic()
    child.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert time.monotonic() - before < 2.5
    assert events == ["over"]


def test_a_process_that_cannot_start_reports_the_reason(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(cloud.folder)
    child = FetchProcess(BatchAddress(PROJECT, BATCH), cloud.folder, cloud.server.url, os.environ)
    child.command[0] = str(cloud.folder / "no-python")
    (event,) = child.events()
    assert event["event"] == "over"
    assert "No such file" in event["text"]


def test_a_listed_value_beyond_a_float_is_missing() -> None:
    values = [10**400, -(10**400), math.inf, math.nan, "7", 7]
    metrics = [
        {"name": f"m{at}", "type": "SCALAR", "status": "PASSED", "value": value}
        for at, value in enumerate(values)
    ]
    row = listed_row("job", Path("metrics.binproto"), {"metrics": metrics})
    assert [cell.value for cell in row.cells.values()] == [None] * 5 + [7.0]
