"""Previews of inputs: JSON in colours, and a search in the lines."""

from __future__ import annotations

from pathlib import Path

from rich.style import Style

from resim_inspect.tui.inputs.preview_lines import PreviewLines, json_pieces
from resim_inspect.tui.theme import theme_styles
from tests.tui.conftest import press, started


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
        await press(pilot, "f3")
        assert lines.cursor == hits[1]
        await press(pilot, "f3")
        assert lines.cursor == hits[0]
        await press(pilot, "shift+f3")
        assert lines.cursor == hits[1]
        await press(pilot, "slash", *"nothing", "enter")
        assert lines.cursor == hits[1]
