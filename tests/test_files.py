"""Files that are written whole, by one function for both programs."""

from __future__ import annotations

import ast
import errno
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import resim_inspect
import runner
from resim_inspect.files import (
    Staging,
    absolute,
    expanded,
    make_folders,
    read_end,
    read_small,
    write_whole,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.json"
    write_whole(path, b"1")
    write_whole(path, b"22", durable=False)
    assert path.read_bytes() == b"22"
    assert names(path.parent) == ["file.json"]


def test_a_device_is_written_to_and_stays(null_device: Path, tmp_path: Path) -> None:
    before = names(null_device.parent)
    write_whole(null_device, b"1")
    with Staging() as staging:
        staging.add(null_device).write_bytes(b"2")
        staging.commit()
    assert stat.S_ISCHR(null_device.lstat().st_mode)
    with pytest.raises(FileExistsError):
        write_whole(null_device, b"3", overwrite=False)
    assert names(null_device.parent) == before
    # Of a link to one nothing is known: a folder from elsewhere may have it.
    (tmp_path / "link").symlink_to(null_device)
    write_whole(tmp_path / "link", b"4")
    assert (tmp_path / "link").read_bytes() == b"4"


@pytest.mark.skipif(not Path("/dev/stdout").is_symlink(), reason="needs /dev/stdout")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("piped", [True, False])
def test_the_output_of_the_process_is_written_to(tmp_path: Path, name: str, piped: bool) -> None:
    write = "import sys, pathlib, resim_inspect.files as f; f.write_whole(pathlib.Path(sys.argv[1])"
    with (tmp_path / "out").open("wb") as out:
        stdout = subprocess.PIPE if piped else out
        done = subprocess.run(
            [sys.executable, "-c", f"{write}, b'all of it')", name], stdout=stdout, check=True
        )
    assert (done.stdout if piped else (tmp_path / "out").read_bytes()) == b"all of it"
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_full_disk_keeps_the_earlier_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "new" / "file.json"
    kept = tmp_path / "kept.json"
    kept.write_text("earlier")

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Staging, "commit", full)
    for target in (kept, path):
        with pytest.raises(OSError, match="No space left"):
            write_whole(target, b"later")
    assert names(tmp_path) == ["kept.json"]
    assert kept.read_text() == "earlier"


def test_writers_of_one_file_at_one_time_leave_one_of_their_contents(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    contents = [bytes([number]) * 100_000 for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda data: write_whole(path, data, durable=False), contents))
    assert path.read_bytes() in contents
    assert names(path.parent) == ["file"]


def test_a_name_that_is_taken_is_kept_where_nothing_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"1", overwrite=False)
    with pytest.raises(FileExistsError):
        write_whole(path, b"2", overwrite=False)
    assert path.read_bytes() == b"1"
    assert names(tmp_path) == ["file"]


def test_the_longest_name_of_a_file_system_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("\N{SNOWMAN}" * 85)
    write_whole(path, b"1")
    assert path.read_bytes() == b"1"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_private_files_and_their_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "views" / "file"
    write_whole(path, b"1", private=True)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    write_whole(tmp_path / "file", b"1")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~umask


def test_a_file_in_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_folders(tmp_path / "file")
    with pytest.raises(OSError, match="Not a directory"):
        write_whole(tmp_path / "file" / "below", b"1")


def test_a_home_that_does_not_exist_is_a_name_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/one")
    assert expanded("~/a") == Path("/home/one/a")
    for text in ("~no-such-user/a", "~no\0user", "~\ud800", "a/~", ""):
        assert expanded(text) == Path(text)


def test_a_path_is_kept_where_the_working_folder_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute(Path("a")) == tmp_path / "a"
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert absolute(Path("a")) == Path("a")
    assert absolute(tmp_path) == tmp_path


def test_no_other_module_looks_for_a_home() -> None:
    found = set()
    for package in (resim_inspect, runner):
        root = Path(package.__path__[0])
        for path in root.rglob("*.py"):
            if re.search(r"\.expanduser\(|Path\.home\(", path.read_text(encoding="utf-8")):
                found.add(path.relative_to(root.parent).as_posix())
    # Completion keeps the last slash of a text, and Python's function for texts never raises.
    assert found == {"resim_inspect/files.py", "resim_inspect/tui/open/recent.py"}


RENAMING = {"resim_inspect/files.py", "runner/storage/object_store.py"}
"""The other one streams a file that it fetches, within a store of objects."""


def test_a_file_above_its_limit_is_not_read_and_of_a_long_one_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_small(path, 5) == b"12345"
    with pytest.raises(OSError, match="it has more than 4 bytes"):
        read_small(path, 4)
    with pytest.raises(IsADirectoryError):
        read_small(tmp_path)
    assert (read_end(path, 3), read_end(path, 9)) == (b"345", b"12345")


def test_no_other_module_writes_files_under_temporary_names() -> None:
    found = set()
    for package in (resim_inspect, runner):
        root = Path(package.__path__[0])
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                # A pattern finds such files and writes none.
                if isinstance(text, str) and re.search(r"^[^*]*\.(tmp|part)$", text):
                    found.add(path.relative_to(root.parent).as_posix())
    assert found == RENAMING
