"""Reports in headless Chromium without a network: everything is painted, and nothing foreign runs.

Marked slow: one browser serves all tests of the module, and each page takes a second or two.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.png import png
from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main
from resim_inspect.document import open_document
from resim_inspect.export.report import page_shell
from resim_inspect.export.report.page import Page
from tests.conformance.plotly import browser
from tests.export.report.chromium import Chromium
from tests.export.report.hostile import hostile

pytestmark = pytest.mark.slow
CHARTS = ".plot, .chart svg, figure img"
FRAMES = ".foreign"
LAZY = ".plot, .foreign"
DRAWN = f"[...document.querySelectorAll('{LAZY}')].every((e) => e.dataset.drawn)"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The browser of the module; skips its tests if none is installed."""
    for name, found in (("Chromium", browser.program()), ("plotly.min.js", browser.script())):
        if found is None:
            if os.environ.get("RESIM_REQUIRE_BROWSER") == "1":
                pytest.fail(f"RESIM_REQUIRE_BROWSER is 1, but {name} is not installed.")
            pytest.skip(f"{name} is not installed")
    with Chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture
def online(chromium: Chromium) -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the requests that it got."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output free of request lines."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chromium.network(True)
    yield f"http://127.0.0.1:{server.server_port}", requests
    chromium.network(False)
    server.shutdown()
    server.server_close()


def report(path: Path, out: Path, *words: str) -> str:
    """Write a report; returns its address."""
    assert main(["report", str(path), "-o", str(out), *words]) == 0
    return out.as_uri()


def scroll_through(chromium: Chromium) -> None:
    """Bring every part of the page near once, until all is drawn."""
    chromium.evaluate(
        "(async () => { for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {"
        "scrollTo(0, y); await new Promise((r) => setTimeout(r, 30)); } })()"
    )
    chromium.wait(DRAWN)


def unpainted(chromium: Chromium) -> list[str]:
    """The names of charts whose pixels are all of one or two colours."""
    boxes = chromium.evaluate(
        f"[...document.querySelectorAll('{CHARTS}')].map((e) => {{"
        "const b = e.getBoundingClientRect(); const card = e.closest('.card');"
        "return [card ? card.innerText.slice(0, 60) : '', b.left + scrollX, b.top + scrollY,"
        "b.right + scrollX, b.bottom + scrollY]; })"
    )
    picture = chromium.picture(whole=True)
    plain = [name for name, *box in boxes if colors(picture, box) < 3]
    for number in range(chromium.evaluate(f"document.querySelectorAll('{FRAMES}').length")):
        # A frame is painted only while it is in view.
        frame = f"document.querySelectorAll('{FRAMES}')[{number}]"
        chromium.evaluate(f"{frame}.scrollIntoView({{block: 'center'}})")
        chromium.wait(f"{frame}.dataset.drawn")
        area = f"{frame}.getBoundingClientRect()"
        box = chromium.evaluate(f"((b) => [b.left, b.top, b.right, b.bottom])({area})")
        # A busy browser paints a frame some time after the page.
        deadline = time.monotonic() + 60
        while colors(chromium.picture(), box) < 3:
            if time.monotonic() > deadline:
                plain.append(f"frame {number}")
                break
    return plain


def colors(picture: Image.Image, box: list[float]) -> int:
    """Number of different colours in a part of a picture."""
    left, top, right, bottom = (round(edge) for edge in box)
    found = picture.crop((left, top, right, bottom)).getcolors(1 << 24)
    return len(found or ())


def assert_quiet(chromium: Chromium) -> None:
    """The page reported no error and asked for nothing but files and its own data."""
    assert chromium.problems == []
    foreign = [url for url in chromium.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert foreign == []


def test_every_metric_of_the_sample_is_named_and_painted(
    chromium: Chromium, tmp_path: Path
) -> None:
    path = write_sample(tmp_path)
    chromium.open(report(path, tmp_path / "page.html"), height=1200)
    scroll_through(chromium)
    text = chromium.evaluate("document.body.innerText")
    with open_document(path) as document:
        missing = [metric.name for metric in document.metrics if metric.name not in text]
    assert missing == []
    assert chromium.evaluate(f"document.querySelectorAll('{CHARTS}').length") >= 20
    assert unpainted(chromium) == []
    assert_quiet(chromium)


def test_charts_zoom_and_answer_the_mouse(chromium: Chromium, tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    chromium.open(report(path, tmp_path / "page.html", "--metric", "name:clearance"))
    chromium.wait(DRAWN)
    area = "document.querySelector('.plot .nsewdrag').getBoundingClientRect()"
    box = chromium.evaluate(f"((b) => [b.x, b.y, b.width, b.height])({area})")
    left, top, width, height = box
    chromium.mouse("mouseMoved", left + width / 2, top + height / 2)
    chromium.wait("document.querySelector('.plot .hoverlayer').textContent.includes(' m')")
    full = "document.querySelector('.plot .canvas')._fullLayout.xaxis.range.map(Number)"
    before = chromium.evaluate(full)
    chromium.mouse("mousePressed", left + width * 0.3, top + height / 2, pressed=True)
    chromium.mouse("mouseMoved", left + width * 0.5, top + height / 2, pressed=True)
    chromium.mouse("mouseReleased", left + width * 0.5, top + height / 2)
    chromium.wait(f"{full}[1] < {before[1] - 1}")
    after = chromium.evaluate(full)
    assert before[0] < after[0] < after[1] < before[1]
    assert_quiet(chromium)


@pytest.mark.parametrize("interactive", [True, False])
def test_a_phone_in_the_dark_needs_no_sideways_scrolling(
    chromium: Chromium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interactive: bool
) -> None:
    if not interactive:
        monkeypatch.setattr(Page, "interactive", False)
    path = write_sample(tmp_path)
    address = report(path, tmp_path / "page.html", "--metric", "NOT type:text NOT type:image")
    chromium.open(address, width=390, height=800, dark=True)
    scroll_through(chromium)
    assert chromium.evaluate("document.documentElement.scrollWidth") <= 390
    assert chromium.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"
    assert unpainted(chromium) == []
    chromium.evaluate("document.getElementById('theme').click()")
    white = "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"
    chromium.wait(white)
    assert_quiet(chromium)


def test_nothing_foreign_runs_or_leaves(
    chromium: Chromium, tmp_path: Path, online: tuple[str, list[str]]
) -> None:
    server, requests = online
    path = hostile(server).write(tmp_path / "metrics.binproto")
    chromium.open(report(path, tmp_path / "page.html"))
    scroll_through(chromium)
    assert chromium.evaluate("window.hacked") is None
    assert chromium.evaluate("getComputedStyle(document.body).display") == "block"
    assert_quiet(chromium)
    links = "[...document.querySelectorAll('main a')].every((a) => a.hash && !a.search)"
    assert chromium.evaluate(links)
    click = "document.querySelectorAll('a').forEach((a) => a.dispatchEvent(new MouseEvent('click',"
    assert len(chromium.frames) == 2
    for frame in chromium.frames:
        chromium.evaluate(f"{click} {{bubbles: true, cancelable: true}})))", frame)
        assert chromium.evaluate("window.hacked", frame) is None
        # As if a script had found a way to run in the frame after all.
        escape = f"fetch('{server}/fetch').then(() => 'sent', () => 'refused')"
        assert chromium.evaluate(escape, frame) == "refused"
        chromium.evaluate(f"location.href = '{server}/navigated'; null", frame)
    chromium.wait("new Promise((r) => setTimeout(() => r(true), 300))")
    assert requests == []
    assert chromium.evaluate("window.hacked") is None
    assert chromium.evaluate("location.protocol") == "file:"


def test_ten_megabytes_of_markdown_stay_text(chromium: Chromium, tmp_path: Path) -> None:
    build = DocumentBuilder("text")
    line = "**bold** <script>window.hacked=1</script> [x](javascript:window.hacked=2)\n\n"
    build.text("Long", line * (10_000_000 // len(line)))
    path = build.write(tmp_path / "metrics.binproto")
    beside = report(path, tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 1_000_000
    (side,) = (tmp_path / "page_files").iterdir()
    assert side.stat().st_size > 9_900_000
    for address in (beside, report(path, tmp_path / "whole.html", "--self-contained")):
        chromium.open(address)
        assert chromium.evaluate("document.querySelectorAll('.markdown strong').length") > 100
        assert chromium.evaluate("document.querySelectorAll('.markdown a').length") == 0
        assert chromium.evaluate("window.hacked") is None
        assert_quiet(chromium)
    assert not (tmp_path / "whole_files").exists()


def test_what_is_large_lies_beside_the_page_and_opens_from_there(
    chromium: Chromium, tmp_path: Path
) -> None:
    noise = random.Random(7)
    (tmp_path / "noise.png").write_bytes(png(700, 700, noise.randbytes(700 * 700 * 3)))
    build = DocumentBuilder("large")
    build.image("Noise", build.file("noise", "noise.png"))
    points = [noise.random() for _ in range(60_000)]
    build.plotly("Large", {"data": [{"type": "scatter", "y": points, "mode": "markers"}]})
    path = build.write(tmp_path / "metrics.binproto")
    address = report(path, tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 1_000_000
    chromium.open(address)
    chromium.wait("document.querySelector('figure img').naturalWidth === 700")
    assert unpainted(chromium) == []
    link = chromium.evaluate("document.querySelector('.card a').href")
    assert Path(link.removeprefix("file://")).parent == tmp_path / "page_files"
    assert_quiet(chromium)
    chromium.open(link)
    chromium.wait("document.querySelector('.foreign').dataset.drawn === 'yes'")
    assert unpainted(chromium) == []
    assert_quiet(chromium)


def test_a_long_page_makes_its_cards_when_they_come_near(
    chromium: Chromium, tmp_path: Path
) -> None:
    build = DocumentBuilder("many")
    for number in range(1_000):
        build.scalar(f"metric {number:04}", float(number), unit="m")
    path = build.write(tmp_path / "metrics.binproto")
    chromium.open(report(path, tmp_path / "page.html") + "#j0-c950")
    chromium.wait("document.getElementById('j0-c950') !== null")
    assert "metric 0950" in chromium.evaluate("document.getElementById('j0-c950').innerText")
    assert 0 < chromium.evaluate("document.querySelectorAll('.card').length") < 500
    chromium.evaluate("const box = document.getElementById('filter'); box.value = 'metric 0123';"
                      "box.dispatchEvent(new Event('input'))")  # fmt: skip
    assert chromium.evaluate("document.getElementById('matches').textContent").startswith("1 of ")
    chromium.evaluate("document.querySelector('tr:not(.hidden) a[href]').click()")
    chromium.wait("document.getElementById('j0-c123') !== null")
    assert_quiet(chromium)


def test_a_job_of_a_batch_is_a_page_of_the_page(chromium: Chromium, tmp_path: Path) -> None:
    for number in range(3):
        write_sample_of(tmp_path / "in" / f"run {number}", number)
    chromium.open(report(tmp_path / "in", tmp_path / "page.html"))
    assert "run 2" in chromium.evaluate("document.body.innerText")
    chromium.evaluate("document.querySelector('th a[href=\"#j2\"]').click()")
    chromium.wait("document.body.innerText.includes('Distance of run 2')")
    chromium.wait(f"document.querySelector('.plot') && {DRAWN}")
    assert not chromium.evaluate("document.body.innerText.includes('Jobs and metrics')")
    chromium.evaluate("history.back()")
    chromium.wait("document.body.innerText.includes('Jobs and metrics')")
    assert_quiet(chromium)


def write_sample_of(folder: Path, number: int) -> None:
    """A job with a curve."""
    build = DocumentBuilder(f"job {number}")
    clock = build.times("clock", [0.1 * k for k in range(50)])
    values = build.doubles("d", [float(k * number) for k in range(50)], unit="m", index=clock)
    ok = build.statuses("ok", ["PASSED"] * 50, index=clock)
    build.double_over_time(f"Distance of run {number}", [(values, ok)])
    build.write(folder / "metrics.binproto")


PRINTED = """window.print = () => {
  dispatchEvent(new Event("beforeprint"));
  const drawn = [...document.querySelectorAll(".plot .main-svg:first-child")];
  window.printed = {
    cards: document.querySelectorAll(".card").length,
    plots: drawn.length,
    width: Math.max(...drawn.map((e) => e.getBoundingClientRect().width)),
    text: getComputedStyle(document.querySelector(".plot .xtick text")).fill,
  };
  dispatchEvent(new Event("afterprint"));
}"""


def test_all_of_a_long_dark_page_is_on_paper(
    chromium: Chromium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = page_shell.asset("report.js")
    few = script.replace("LIVE_PLOTS = 80", "LIVE_PLOTS = 2").replace("CHUNKS = 30", "CHUNKS = 1")
    # While a page is read, fewer charts and parts are kept than this one has.
    assert few.count("LIVE_PLOTS = 2") == few.count("LIVE_CHUNKS = 1") == 1
    texts = {"report.js": few}
    asset = page_shell.asset
    monkeypatch.setattr(page_shell, "asset", lambda name: texts.get(name) or asset(name))
    build = DocumentBuilder("many")
    values = build.doubles("d", [1.0, 3.0, 2.0])
    ok = build.statuses("ok", ["PASSED"] * 3)
    for number in range(160):
        if number % 20:
            build.scalar(f"metric {number}", 1.0)
        else:
            build.line_plot(f"curve {number}", [(values, values, ok)])
    path = build.write(tmp_path / "metrics.binproto")
    chromium.open(report(path, tmp_path / "page.html"), width=1800, dark=True)
    chromium.evaluate(PRINTED)
    chromium.key("p", "KeyP", control=True)
    chromium.wait("window.printed", 60)
    printed = chromium.evaluate("window.printed")
    assert printed["cards"] == 160
    assert printed["plots"] == 8
    assert printed["width"] < 700
    assert brightness(printed["text"]) < 200
    text = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    assert brightness(chromium.evaluate(text)) > 500
    assert_quiet(chromium)


def brightness(color: str) -> int:
    """The sum of the parts of a colour such as `rgb(1, 2, 3)`."""
    return sum(map(int, re.findall(r"\d+", color)))
