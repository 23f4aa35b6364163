"""Links between outputs: those that stay inside are files, others are refused."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from runner.storage.output_extraction import Caps, take_archive, take_folder
from tests.runner.storage.test_outputs import archive, pieces

LINKS: dict[str, tuple[str, str]] = {
    # name: the target of a link, and the content or the reason of a refusal
    "latest.png": ("runs/1/plot.png", "plot"),
    "runs/latest.png": ("1/plot.png", "plot"),
    "runs/up.txt": ("../top.txt", "top"),
    "runs/1/far.txt": ("./.././../runs//1/plot.png", "plot"),
    "absolute.txt": ("/tmp/resim/outputs/top.txt", "top"),
    "chain": ("runs/up.txt", "top"),
    "longer-chain": ("chain", "top"),
    "through/x.png": ("../runs/newest/plot.png", "plot"),
    "runs/newest": ("1", ""),
    "out": ("../inputs/logs/a", "leaves the outputs"),
    "runs/out": ("../../../../etc/passwd", "leaves the outputs"),
    "etc": ("/etc/hostname", "leaves the outputs"),
    "almost": ("/tmp/resim/outputs-of-another/a", "leaves the outputs"),
    "home": ("~/a", "not one of the outputs"),
    "missing": ("runs/2/plot.png", "not one of the outputs"),
    "self": ("self", "circular"),
    "ping": ("pong", "circular"),
    "pong": ("ping", "circular"),
    "runs/all": ("..", "contains it"),
    "runs/own": ("../runs", "contains it"),
    "leaves-by-a-link": ("runs/../etc", "leaves the outputs"),
}


def linking_archive(links: dict[str, str]) -> bytes:
    """An archive of two files and these links, the links first."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, target in links.items():
            info = tarfile.TarInfo(f"outputs/{name}")
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    rest = archive(
        ("outputs/metrics.binproto", b"good"),
        ("outputs/runs/1/plot.png", b"plot"),
        ("outputs/top.txt", b"top"),
    )
    return (
        data.getvalue().rstrip(b"\0") + b"\0" * (-len(data.getvalue().rstrip(b"\0")) % 512) + rest
    )


def linking_folder(folder: Path, links: dict[str, str]) -> None:
    for name, content in (
        ("metrics.binproto", "good"),
        ("runs/1/plot.png", "plot"),
        ("top.txt", "top"),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    for name, target in links.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)


@pytest.mark.parametrize("kind", ["archive", "folder"])
@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_stays_inside_is_a_file_and_others_are_refused(
    tmp_path: Path, name: str, kind: str
) -> None:
    links = {name: target for name, (target, _) in LINKS.items()}
    # What this link passes through, and no other link.
    needed = {
        "longer-chain": {"chain", "runs/up.txt"}, "chain": {"runs/up.txt"},
        "through/x.png": {"runs/newest"}, "leaves-by-a-link": {"etc"}, "ping": {"pong"},
        "pong": {"ping"},
    }  # fmt: skip
    links = {each: links[each] for each in (name, *sorted(needed.get(name, set())))}
    into = tmp_path / "out"
    if kind == "archive":
        taken = take_archive(pieces(linking_archive(links)), into, Caps())
    else:
        linking_folder(tmp_path / "source", links)
        taken = take_folder(tmp_path / "source", into, Caps())
    expected = LINKS[name][1]
    refused = expected in {
        "leaves the outputs",
        "not one of the outputs",
        "circular",
        "contains it",
    }
    assert (into / "metrics.binproto").read_text() == "good"
    assert not any(path.is_symlink() for path in into.rglob("*"))
    if refused:
        assert expected in taken.refused
        assert taken.hint
        assert not (into / name).is_file()
    else:
        assert taken.refused == ""
        if expected:
            assert (into / name).read_text() == expected
        else:
            assert (into / name / "plot.png").read_text() == "plot"


def test_links_count_for_the_limits(tmp_path: Path) -> None:
    links = {f"copy-{number}": "top.txt" for number in range(9)}
    taken = take_archive(pieces(linking_archive(links)), tmp_path / "few", Caps(total=20))
    assert "have more than 20 B" in taken.refused
    assert list((tmp_path / "few").iterdir()) == []
    taken = take_archive(pieces(linking_archive(links)), tmp_path / "all", Caps(files=12))
    assert (taken.files, taken.refused) == (12, "")


def test_hard_links_between_outputs_are_files(tmp_path: Path) -> None:
    data = archive(("outputs/a", b"same"))
    with io.BytesIO(data) as stream, tarfile.open(fileobj=stream, mode="a") as tar:
        for name, other in (("outputs/d/b", "outputs/a"), ("outputs/c", "outputs/none")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.LNKTYPE, other
            tar.addfile(info)
        tar.close()
        data = stream.getvalue()
    taken = take_archive(pieces(data), tmp_path / "out", Caps())
    assert (tmp_path / "out" / "d" / "b").read_bytes() == b"same"
    assert taken.names == ("a", "d/b")
    assert '"c" is a hard link to "outputs/none"' not in taken.refused
    assert 'a hard link to "none", which is not one of the outputs' in taken.refused
    source = tmp_path / "source"
    (source / "d").mkdir(parents=True)
    (source / "a").write_bytes(b"same")
    os.link(source / "a", source / "d" / "b")
    taken = take_folder(source, tmp_path / "inside", Caps())
    assert (taken.names, taken.size, taken.refused) == (("a", "d/b"), 8, "")
    (tmp_path / "foreign").write_text("foreign")
    os.link(tmp_path / "foreign", source / "c")
    taken = take_folder(source, tmp_path / "outside", Caps())
    assert taken.names == ("a", "d/b")
    assert '"c" is a hard link to a file outside of the outputs' in taken.refused
