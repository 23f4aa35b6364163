"""The frame of a page: its policy, its style and script, and what is compressed into it."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from resim_inspect.export.report.side_files import side_files_element
from resim_inspect.export.report.theme import style_variables

ITEM_LEVEL = 6

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="resim-inspect">
{side_files}<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="bar"><h1>{title}</h1>
<label><span class="dim">filter</span> <input id="filter" type="search" autocomplete="off"></label>
<span id="matches" class="dim" role="status" aria-live="polite"></span>
<button id="theme" type="button">Light or dark</button>
<button id="print" type="button">Print</button></div>
<noscript><p class="note">Interactive charts and long lists need JavaScript.</p></noscript>
<main id="main">
"""
_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>html, body, #figure {{ height: 100%; margin: 0; font: 14px sans-serif; }}</style>
</head>
<body><div id="figure"></div><script>{script}</script></body>
</html>
"""
# Nothing can reach the network: no images, fonts, maps or requests, and no forms or frames of
# other origins. A figure of plotly may compile code for WebGL; no markup can start any.
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
    "font-src data:; img-src {images}; worker-src blob:; script-src {scripts}"
)


@cache
def asset(name: str) -> str:
    """The text of a file beside this package's modules."""
    return files("resim_inspect.export.report").joinpath("assets", name).read_text("utf-8")


def script_hash(script: str) -> str:
    """The source expression of a Content-Security-Policy that allows exactly this script."""
    return f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"


def compressed(text: str) -> str:
    """Text as a compressed item, to be read by the page's script."""
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), ITEM_LEVEL)).decode()


def item_element(name: str, text: str) -> str:
    """An element that holds a compressed text and is never run."""
    return f'<script type="text/plain" id="{name}">{compressed(text)}</script>\n'


def frame_page(library: str) -> str:
    """The page of a sandboxed frame, which draws a figure that it gets in a message."""
    script = asset("figure_frame.js")
    scripts = f"{script_hash(script)} {script_hash(library)} 'unsafe-eval'"
    return _FRAME.format(
        policy=_POLICY.format(images="data: blob:", scripts=scripts), script=script
    )


def head(
    title: str,
    library: str | None,
    *,
    figures: bool,
    side_files: Sequence[str] = (),
) -> str:
    """The page up to its content.

    `library`: the text of plotly.js, where the page uses it. `side_files`: names of the files
    beside the page, for the next report of this name.
    """
    scripts = [script_hash(asset("report.js"))]
    if library is not None:
        scripts.append(script_hash(library))
    if figures:
        scripts += [script_hash(asset("figure_frame.js")), "'unsafe-eval'"]
    # Images that are too large to be part of the page lie beside it.
    policy = _POLICY.format(images="'self' file: data: blob:", scripts=" ".join(scripts))
    style = style_variables() + asset("report.css")
    return _HEAD.format(
        policy=policy,
        title=escape(title),
        style=style,
        side_files=side_files_element(side_files) if side_files else "",
    )


def tail(library: str | None, *, figures: bool) -> str:
    """The end of the page: plotly.js and the page of frames where they are used, and the script."""
    parts = []
    if library is not None:
        parts.append(item_element("plotly-library", library))
        if figures:
            parts.append(item_element("figure-frame", frame_page(library)))
    parts.append(f"<script>{asset('report.js')}</script>\n</body>\n</html>\n")
    return "".join(parts)
