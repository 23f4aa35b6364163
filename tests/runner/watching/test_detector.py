"""Changes by content: touches and equal rewrites are none, and a burst is one."""

from __future__ import annotations

import os
from pathlib import Path

from runner.storage.input_archive import file_digest
from runner.watching.detector import MAX_WAIT, QUIET, ChangeDetector, Debounce
from runner.watching.file_set import Stamp, Stamps, WatchScope


class Folder:
    """A folder of files with a detector that counts the digests it takes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read: list[str] = []
        self.now_ns = 10**18
        self.detector = ChangeDetector(self._digest, lambda: self.now_ns)

    def _digest(self, path: Path) -> str:
        self.read.append(path.name)
        return file_digest(path)

    def write(self, name: str, text: str, mtime: int) -> None:
        path = self.path / name
        path.write_text(text)
        os.utime(path, ns=(mtime, mtime))

    def stamps(self) -> Stamps:
        return WatchScope(inputs=(self.path,)).input_stamps()

    def changed(self) -> list[str]:
        return [Path(path).name for path in self.detector.changed(self.stamps())]


def test_only_content_counts(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", "1", 10**17)
    folder.write("b", "2", 10**17)
    folder.detector.rebase(folder.stamps())
    assert folder.changed() == []
    assert sorted(folder.read) == ["a", "b"]
    # A touch, an equal rewrite in place, and one that replaces the file.
    folder.write("a", "1", 2 * 10**17)
    (tmp_path / "new").write_text("2")
    (tmp_path / "new").replace(tmp_path / "b")
    assert folder.changed() == []
    # The same size, and the change and its undoing.
    folder.write("a", "3", 3 * 10**17)
    assert folder.changed() == ["a"]
    folder.write("a", "1", 4 * 10**17)
    assert folder.changed() == []
    folder.write("c", "", 10**17)
    (tmp_path / "b").unlink()
    assert sorted(folder.changed()) == ["b", "c"]
    folder.detector.rebase(folder.stamps())
    assert folder.changed() == []


def test_a_second_write_within_the_same_time_is_seen(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", "1", folder.now_ns)
    folder.detector.rebase(folder.stamps())
    # Same size, time and inode.
    folder.write("a", "2", folder.now_ns)
    assert folder.changed() == ["a"]
    folder.now_ns += 10**10
    folder.detector.rebase(folder.stamps())
    folder.read.clear()
    assert folder.changed() == []
    assert folder.read == []


def test_files_that_a_run_completes_and_files_that_vanish(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", "1", 10**17)
    folder.detector.rebase(folder.stamps())
    folder.write("ids", "made by the run", 10**17)
    folder.detector.accept([tmp_path / "ids", tmp_path / "missing"], folder.stamps())
    assert folder.changed() == []
    stamps = folder.stamps()
    (tmp_path / "a").unlink()
    detector = ChangeDetector()
    detector.rebase(stamps)
    assert [Path(path).name for path in detector.changed(folder.stamps())] == ["a"]


def stamps(number: int) -> Stamps:
    return {"a": Stamp(number, number, 1)}


def test_a_burst_is_one_change_and_an_endless_one_does_not_wait_for_its_end() -> None:
    debounce = Debounce()
    runs = 0
    now, last_write = 0.0, 2.0
    number = 0
    while now < 4:
        # A write each 20 ms for two seconds; a look each 100 ms.
        number = int(min(now, last_write) * 50)
        if debounce.is_complete(stamps(number), now):
            runs += 1
            debounce.reset()
            break
        now += 0.1
    assert runs == 1
    assert last_write + QUIET <= now < MAX_WAIT
    debounce = Debounce()
    times = [step / 10 for step in range(100)]
    ends = [now for now in times if debounce.is_complete(stamps(int(now * 10)), now)]
    assert ends[0] == MAX_WAIT
