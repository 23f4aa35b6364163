"""The one module that calls plotext: what it gives it, and that nothing ends the process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from resim_inspect.charts import plotext_backend as adapter
from resim_inspect.charts.plotext_backend import Stroke
from tests.soak import FACTOR

ROOT = Path(__file__).parents[2]
BLUE = (1, 2, 3)


def points(*pairs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    array = np.array(pairs, np.float64)
    return array[:, 0], array[:, 1]


def test_the_part_of_plotext_that_is_not_public_makes_unlimited_figures() -> None:
    terminal = adapter.terminal_type()()
    terminal.limit(False, False)
    figure = terminal._master
    figure.plot_size(333, 77)
    figure.axes(active=False)
    lines = figure.build().string(colorless=True).split("\n")
    assert max(map(len, lines)) == 333


def test_a_mark_stands_in_its_cell() -> None:
    x, y = points((0.5, 0.5), (9.99, 3.99), (5.0, 2.4))
    cells = adapter.draw(10, 4, [Stroke(x, y, BLUE, "@", joined=False)])
    found = {(r, c) for r in range(4) for c in range(10) if cells[r][c][0] == "@"}
    assert found == {(3, 0), (0, 9), (1, 5)}
    assert cells[3][0] == ("@", BLUE)


def test_the_canvas_has_its_size_whatever_is_drawn() -> None:
    for strokes in (
        [],
        [Stroke(*points((np.nan, 1.0)), BLUE)],
        [Stroke(*points((5, 5), (6, 6)), None)],
    ):
        cells = adapter.draw(20, 7, strokes)
        assert len(cells) == 7
        assert {len(row) for row in cells} == {20}


def test_a_line_is_cut_at_the_edges_not_bent() -> None:
    x, y = points((-1e300, -1e300), (1e300, 1e300))
    cells = adapter.draw(10, 10, [Stroke(x, y, BLUE)])
    assert all(cells[9 - k][k][0] != " " for k in range(10))
    assert sum(char != " " for row in cells for char, _ in row) <= 20


def test_a_gap_is_not_bridged() -> None:
    x, y = points((0, 1), (4, 1), (5, np.nan), (16, 1), (20, 1))
    row = adapter.draw(20, 2, [Stroke(x, y, BLUE)])[1 - 0]
    middle = [row[c][0] for c in range(6, 15)]
    assert set(middle) == {" "}
    joined = adapter.draw(20, 2, [Stroke(*points((0, 1), (20, 1)), BLUE, breaks=[1])])
    assert all(char == " " for line in joined for char, _ in line[3:17])


@pytest.mark.slow
@pytest.mark.soak
def test_random_drawings_never_end_the_process_and_keep_their_width() -> None:
    many = 150 if FACTOR == 1 else 1100 * FACTOR
    runs = [(0, many), (50_000, many)]
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.charts.fuzz", str(first), str(many)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for first, many in runs
    ]
    for process in started:
        out, err = process.communicate(timeout=250 * FACTOR)
        assert process.returncode == 0, err[-3000:]
        slowest, seed = out.split()
        assert float(slowest) < 1.0, f"drawing {seed} took {slowest} s"


def test_nothing_else_imports_plotext() -> None:
    charts = ROOT / "resim_inspect"
    users = [
        p.name for p in charts.rglob("*.py") if re.search(r"import plotext\b", p.read_text("utf-8"))
    ]
    assert users == ["plotext_backend.py"]


@pytest.mark.parametrize("module", ["plotext", "numpy", "PIL", "rich"])
def test_importing_the_charts_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, resim_inspect.charts; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_dense_cloud_shows_every_dot() -> None:
    random = np.random.default_rng(0)
    x, y = random.uniform(0, 20, 200_000), random.uniform(0, 5, 200_000)
    cells = adapter.draw(20, 5, [Stroke(x, y, BLUE, joined=False)])
    assert all(cell == ("⣿", BLUE) for row in cells for cell in row)


def test_dots_join_the_line_that_is_in_their_cell() -> None:
    line = Stroke(*points((0, 0.1), (4, 0.1)), None)
    dot = Stroke(*points((0.1, 0.9)), BLUE, joined=False)
    cells = adapter.draw(4, 1, [line, dot])
    assert [char for char, _ in cells[0]] == ["⣁", "⣀", "⣀", "⣀"]
    assert cells[0][0][1] == BLUE
