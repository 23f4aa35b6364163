"""Markdown of a file as HTML: nothing of it is lost, opens, loads or runs."""

from __future__ import annotations

from html import unescape

import pytest

from resim_inspect.export.report.markdown_html import MAX_RENDERED, markdown_html


@pytest.mark.parametrize("nest", ["> ", "- ", "1. ", "[", "**"])
@pytest.mark.parametrize("levels", [3, 45, 60, 97, 99, 101, 400])
def test_no_text_is_lost_however_deep(nest: str, levels: int) -> None:
    assert "treasure" in markdown_html(nest * levels + "treasure")


def test_links_and_images_are_text_with_their_target() -> None:
    html = markdown_html(
        "[go](javascript:x) [out](http://a/?b&c) ![pic](http://e/p.png) <http://f/>"
    )
    assert "<a" not in html
    assert "<img" not in html
    assert '<span class="link">out</span> <code>http://a/?b&amp;c</code>' in html
    assert "[image: pic] <code>http://e/p.png</code>" in html
    assert html.count("http://f/") == 1
    assert "javascript:x" in html


def test_html_is_text_and_headings_stand_below_those_of_the_page() -> None:
    html = markdown_html("# One\n\n<b onclick=x>\n\n```x\n</code></pre><script>\n```\n")
    assert "<h5>One</h5>" in html
    assert "<b " not in html
    assert "<script" not in html
    assert "</code></pre><script>" in unescape(html)


def test_the_end_of_a_long_text_follows_as_it_is() -> None:
    line = "some **bold** words\n"
    html = markdown_html(line * (MAX_RENDERED // len(line) + 100))
    assert html.endswith("some **bold** words\n</pre>")
    assert html.count("bold") == MAX_RENDERED // len(line) + 100
