"""Previews of inputs: JSON in colours, and a search in the lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.style import Style

from resim_inspect.inputs.mcap_summary import NO_LIBRARY
from resim_inspect.tui.inputs.preview_lines import PreviewLines, blocks_of, json_pieces
from resim_inspect.tui.inputs.view import FileTree
from resim_inspect.tui.theme import theme_styles
from tests.tui.conftest import keys, press, settle, started, text


async def test_json_is_split_into_keys_texts_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "experience").mkdir()
    (tmp_path / "logs").mkdir()
    async with started(tmp_path) as pilot:
        styles = theme_styles(pilot.app)
        line = '  "a\\"b": ["text: 1", -1.5e3, true],'
        pieces = json_pieces(line, styles)
        assert "".join(text for text, _ in pieces) == line
        by_style: dict[Style, list[str]] = {}
        for text, style in pieces:
            by_style.setdefault(style, []).append(text)
        assert by_style[styles.accent] == ['"a\\"b"']
        assert by_style[styles.text] == ['"text: 1"']
        assert by_style[styles.strong] == ["-1.5e3", "true"]


async def test_a_preview_is_searched(tmp_path: Path) -> None:
    (tmp_path / "experience").mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "state.json").write_text('{"mode": "CRUISE", "list": [1, 2], "next": "cruise"}')
    async with started(tmp_path) as pilot:
        await press(pilot, "end", "enter")
        lines = pilot.app.screen.query_one(PreviewLines)
        assert lines.has_focus
        assert lines.json
        hits = [row for row, line in enumerate(lines.rows) if "cruise" in line.casefold()]
        await press(pilot, "slash", *"cruise", "enter")
        assert lines.cursor == hits[0]
        assert "n N next" in text(pilot)
        await press(pilot, "n")
        assert lines.cursor == hits[1]
        await press(pilot, "f3")
        assert lines.cursor == hits[0]
        await press(pilot, "N")
        assert lines.cursor == hits[1]
        await press(pilot, "slash", *"nothing", "enter")
        assert lines.cursor == hits[1]


async def test_sentences_about_a_file_are_wrapped_and_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resim_inspect.inputs.mcap_summary.find_spec", lambda _: None)
    (tmp_path / "experience").mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "flight.mcap").write_bytes(b"\x89MCAP0\r\n")
    (logs / "long.json").write_text("{" + "x " * 100)
    async with started(tmp_path, (110, 30)) as pilot:
        await press(pilot, "home", *["down"] * 2)
        lines = pilot.app.screen.query_one(PreviewLines)
        assert len(lines.rows) > 1
        assert " ".join(lines.rows) == NO_LIBRARY
        assert all(line in text(pilot) for line in lines.rows)
        assert lines.copy_text(1) == NO_LIBRARY
        await pilot.resize_terminal(200, 30)
        await settle(pilot)
        assert lines.rows == [NO_LIBRARY]
        await pilot.resize_terminal(70, 30)
        await settle(pilot)
        assert " ".join(lines.rows) == NO_LIBRARY
        assert all(line in text(pilot) for line in lines.rows)
        # Lines of the file itself stay lines.
        await press(pilot, "down")
        assert "{" + "x " * 100 in lines.rows


VALUES = {
    "name": "ends like a block {",
    "empty": {},
    "list": [1, [2, 3], {"deep": {"wanted": "needle"}}],
    "close": "}",
    "last": [],
}


def formatted(value: object) -> list[str]:
    return json.dumps(value, indent=2).split("\n")


@pytest.mark.parametrize("value", [VALUES, [VALUES, VALUES], {}, [], 3, "{", [[[[]]], [[1]]]])
def test_blocks_are_the_objects_and_lists_of_several_lines(value: object) -> None:
    lines = formatted(value)
    for first, last in blocks_of(lines).items():
        indent = len(lines[first]) - len(lines[first].lstrip())
        assert lines[last][:indent].strip() == ""
        block = "\n".join(lines[first : last + 1]).strip().rstrip(",")
        # What is folded is a whole value, after its key if it has one.
        parsed = json.loads(block if block[0] in "[{" else "{" + block + "}")
        assert isinstance(parsed, dict | list)
    assert len(blocks_of(lines)) == sum(line.rstrip()[-1] in "[{" for line in lines)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "experience").mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "state.json").write_text(json.dumps(VALUES))
    return tmp_path


async def test_blocks_are_folded_and_unfolded(inputs: Path) -> None:
    async with started(inputs) as pilot:
        await press(pilot, "end", "enter")
        lines = pilot.app.screen.query_one(PreviewLines)
        everything = lines.rows
        assert everything == formatted(VALUES)
        assert keys(pilot)[:2] == ["Space", "F"]
        while '"deep"' not in everything[lines.cursor]:
            await press(pilot, "down")
        # From inside a block the block around is folded, and the cursor is at its beginning.
        await press(pilot, "down", "space")
        assert '"deep": {' in lines.rows[lines.cursor]
        assert "1 line }" in text(pilot)
        assert not any("needle" in line for line in lines.rows)
        await press(pilot, "y")
        assert '"wanted": "needle"' in pilot.app.clipboard
        await press(pilot, "enter")
        assert lines.rows == everything
        await press(pilot, "F")
        assert [line.strip() for line in lines.rows] == [
            "{", '"name": "ends like a block {",', '"empty": {},', '"list": [',
            '"close": "}",', '"last": []', "}",
        ]  # fmt: skip
        await press(pilot, "F")
        assert lines.rows == everything


async def test_a_search_unfolds_what_hides_its_matches(inputs: Path) -> None:
    async with started(inputs) as pilot:
        await press(pilot, "end", "enter", "space")
        lines = pilot.app.screen.query_one(PreviewLines)
        assert len(lines.rows) == 1
        await press(pilot, "slash", *"needle", "enter")
        assert "needle" in lines.rows[lines.cursor]
        await press(pilot, "F", "home", "f3")
        assert "needle" in lines.rows[lines.cursor]


async def test_other_texts_have_no_blocks(inputs: Path) -> None:
    (inputs / "logs" / "state.json").write_text("{\n[\n]\n")
    async with started(inputs) as pilot:
        await press(pilot, "end", "enter")
        lines = pilot.app.screen.query_one(PreviewLines)
        assert not lines.blocks
        before = lines.rows
        await press(pilot, "space", "F")
        assert lines.rows == before
        assert keys(pilot)[0] == "/"


async def test_large_json_is_folded_too(inputs: Path) -> None:
    entries = [{"at": at, "wanted": at == 19_999} for at in range(20_000)]
    (inputs / "logs" / "state.json").write_text(json.dumps(entries))
    async with started(inputs) as pilot:
        await press(pilot, "end", "enter", "F")
        lines = pilot.app.screen.query_one(PreviewLines)
        assert len(lines.rows) == 20_002
        await press(pilot, "slash", *'wanted": true', "enter")
        assert '"wanted": true' in lines.rows[lines.cursor]


async def test_the_tree_is_hidden_and_comes_back(inputs: Path) -> None:
    async with started(inputs, (80, 24)) as pilot:
        await press(pilot, "end")
        tree, lines = pilot.app.screen.query_one(FileTree), pilot.app.screen.query_one(PreviewLines)
        width = tree.outer_size.width
        assert r"< > width · \ hide" in text(pilot)
        await press(pilot, "less_than_sign")
        assert tree.outer_size.width < width
        await press(pilot, "backslash")
        assert lines.has_focus
        assert keys(pilot)[0] == "\\"
        assert lines.outer_size.width > 70
        await press(pilot, "backslash")
        assert tree.has_focus
