"""Our drawings say what plotly.js computes, or that they do not."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.plotly import browser
from tests.conformance.plotly.compare import disagreements, drawing_of, has_note
from tests.conformance.plotly.figures import cases

FEWEST = 300


@pytest.mark.timeout(400)
def test_drawings_agree_with_plotly_js_or_have_a_note(tmp_path: Path) -> None:
    for name, found in (("Chromium", browser.program()), ("plotly.min.js", browser.script())):
        if found is None:
            if os.environ.get("RESIM_REQUIRE_BROWSER") == "1":
                pytest.fail(f"RESIM_REQUIRE_BROWSER is 1, and there is no {name} here.")
            pytest.skip(f"there is no {name} here")
    figures = cases()
    assert len(figures) >= FEWEST
    facts = browser.compute([figure for _, figure in figures], tmp_path)
    table: dict[str, Counter[str]] = {}
    wrong = []
    for (family, figure), computed in zip(figures, facts, strict=True):
        assert "error" not in computed, (figure, computed)
        drawing = drawing_of(figure)
        found_here = disagreements(computed, drawing)
        outcome = "agrees" if not found_here else "said" if has_note(drawing) else "wrong"
        table.setdefault(family, Counter())[outcome] += 1
        if outcome == "wrong":
            wrong.append(f"{family}: {figure}\n  " + "\n  ".join(found_here))
    lines = [f"{family:20} {dict(counts)}" for family, counts in table.items()]
    if path := os.environ.get("RESIM_ORACLE_TABLE"):
        Path(path).write_text("\n".join([*lines, f"{len(figures)} figures", ""]))
    assert not wrong, f"{len(wrong)} of {len(figures)} differ without a note\n" + "\n".join(wrong)
