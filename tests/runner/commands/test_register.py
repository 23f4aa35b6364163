"""`doctor --register`: checks of an image's name and platform, and the command lines."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from runner.cli import main
from runner.commands.shared import registration
from runner.engines import registry
from runner.engines.checks import Check


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("flight", ("", "flight", "", "")),
        ("flight:1.2", ("", "flight", "1.2", "")),
        ("team/flight:1.2", ("", "team/flight", "1.2", "")),
        ("registry.example/team/flight:1", ("registry.example", "team/flight", "1", "")),
        ("localhost:5000/flight", ("localhost:5000", "flight", "", "")),
        ("registry.example:5000/a/b@sha256:0a", ("registry.example:5000", "a/b", "", "sha256:0a")),
        ("localhost/flight:2@sha256:0a", ("localhost", "flight", "2", "sha256:0a")),
    ],
)
def test_names_of_images_are_split_as_docker_does(name: str, parts: tuple[str, ...]) -> None:
    assert registration.parse_image(name) == parts


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("registry.example/flight:1", ["ok", "ok"]),
        ("registry.example/flight@sha256:0a", ["ok", "ok"]),
        ("registry.example/flight", ["error", "ok"]),
        ("registry.example/flight:latest", ["warning", "ok"]),
        ("localhost:5000/flight:1", ["ok", "warning"]),
        ("flight:1", ["ok", "warning"]),
    ],
)
def test_tag_and_registry_are_checked(name: str, levels: list[str]) -> None:
    assert [check.level for check in registration.check_name(name)] == levels


@pytest.mark.parametrize(
    ("platform", "level"),
    [("linux/amd64", "ok"), ("linux/arm64/v8", "error"), ("linux/amd64/v2", "ok"), ("", "warning")],
)
def test_the_platform_is_that_of_the_cloud(platform: str, level: str) -> None:
    assert registration.check_platform(platform).level == level


@pytest.mark.parametrize(
    ("wanted", "level", "words"),
    [
        (None, "warning", "no engine that has the image answers"),
        ("linux/amd64", "warning", "no engine that has the image answers"),
        ("linux/arm64", "error", "--platform asks for linux/arm64"),
    ],
)
def test_without_an_engine_the_platform_asked_for_is_checked(
    wanted: str | None, level: str, words: str
) -> None:
    check = registration.check_platform("", wanted)
    assert check.level == level
    assert words in check.text


def test_the_commit_is_the_version_of_an_image_without_a_tag(tmp_path: Path) -> None:
    assert registration.commit(tmp_path / "missing") == ""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").write_text("1")
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    clean = registration.commit(tmp_path)
    assert len(clean) >= 7
    (tmp_path / "file").write_text("2")
    assert registration.commit(tmp_path) == f"{clean}-dirty"


@pytest.mark.parametrize(
    ("image", "shown"), [("a/b", "a/b:VERSION"), ("a/b@sha256:0a", "a/b@sha256:0a")]
)
def test_an_image_without_a_tag_or_digest_gets_the_version(
    image: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "commit", lambda _: "")
    for line in registration.registration_lines(image, "b", "Flights", ""):
        words = shlex.split(line)
        assert words[words.index("--image") + 1] == shown


def test_lines_are_printed_for_both_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Entry:
        """An engine that knows the image's platform."""

        names = ("stub",)

        def checks(self, *_: object) -> list[Check]:
            return [Check("ok", "image platform", "of Arm", platform="linux/arm64")]

    monkeypatch.setattr(registry, "ENGINES", (Entry(),))
    words = ["doctor", "--image", "registry.example/team/flight:1.2", "--register"]
    words += ["--project", "My Flights", "--systems", "drone", "--format", "json"]
    assert main(words) == 2
    document = json.loads(capsys.readouterr().out)
    levels = {check["name"]: check["level"] for check in document["checks"]}
    assert levels["platform"] == "error"
    for program, line in zip(registration.PROGRAMS, document["registration"], strict=True):
        assert shlex.split(line) == [
            program, "metrics-builds", "create", "--project", "My Flights", "--name", "flight",
            "--image", "registry.example/team/flight:1.2", "--version", "1.2", "--systems", "drone",
        ]  # fmt: skip


def test_a_command_cannot_be_registered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--command", "true", "--register"]) == 2
    assert "--register needs a build with an image" in capsys.readouterr().err
