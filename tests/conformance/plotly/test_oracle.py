"""Our drawings say what plotly.js computes, or that they do not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.plotly import browser, figures, layout_figures, random_figures
from tests.conformance.plotly.compare import disagreements, drawing_of, has_note

MIN_FIGURES = 300
FAMILIES: tuple[Callable[[], Iterator[figures.Figure]], ...] = (
    figures.bars, figures.bar_layouts, figures.histograms, figures.boxes, figures.scatters,
    figures.stacks, figures.heatmaps, figures.planes, layout_figures.shares,
    layout_figures.ranges, layout_figures.axis_kinds, layout_figures.templates,
    layout_figures.said, random_figures.random_bars, random_figures.random_histograms,
    random_figures.random_boxes, random_figures.random_scatters, random_figures.random_heatmaps,
)  # fmt: skip


def cases() -> list[tuple[str, figures.Figure]]:
    """Family and figure of each case, the same in every run."""
    return [
        (family.__name__.replace("_", " "), figure) for family in FAMILIES for figure in family()
    ]


@pytest.mark.timeout(400)
def test_drawings_agree_with_plotly_js_or_have_a_note(tmp_path: Path) -> None:
    for name, found in (("Chromium", browser.program()), ("plotly.min.js", browser.script())):
        if found is None:
            if os.environ.get("RESIM_REQUIRE_BROWSER") == "1":
                pytest.fail(f"RESIM_REQUIRE_BROWSER is 1, and there is no {name} here.")
            pytest.skip(f"there is no {name} here")
    every = cases()
    assert len(every) >= MIN_FIGURES
    facts = browser.compute([figure for _, figure in every], tmp_path)
    table: dict[str, Counter[str]] = {}
    wrong = []
    for (family, figure), computed in zip(every, facts, strict=True):
        assert "error" not in computed, (figure, computed)
        drawing = drawing_of(figure)
        if family == "said":
            assert has_note(drawing), figure
        found_here = disagreements(computed, drawing)
        outcome = "agrees" if not found_here else "said" if has_note(drawing) else "wrong"
        table.setdefault(family, Counter())[outcome] += 1
        if outcome == "wrong":
            wrong.append(f"{family}: {figure}\n  " + "\n  ".join(found_here))
    lines = [f"{family:20} {dict(counts)}" for family, counts in table.items()]
    if path := os.environ.get("RESIM_ORACLE_TABLE"):
        Path(path).write_text("\n".join([*lines, f"{len(every)} figures", ""]))
    assert not wrong, f"{len(wrong)} of {len(every)} differ without a note\n" + "\n".join(wrong)
