"""A document whose texts and figure try to run scripts, to load things and to leave the page."""

from __future__ import annotations

from typing import Any

from resim_inspect.building.builder import DocumentBuilder

SCRIPT = "<script>window.hacked=1</script>"
NAMES = (
    SCRIPT,
    "</script><script>window.hacked=2</script>",
    '"><img src=x onerror="window.hacked=3">',
    "'><svg onload=window.hacked=4>",
    "</style><style>body{display:none}</style>",
    "</title></textarea><iframe srcdoc='<script>top.hacked=5</script>'>",
    "<!--",
    "]]>%{x}&lt;script&gt;$\\frac{1}{2}$",
    "javascript:window.hacked=6",
)


def hostile(server: str) -> DocumentBuilder:
    """The document; `server` is an address that nothing may ask."""
    build = DocumentBuilder(SCRIPT)
    clock = build.times("clock <b>", [0.0, 1.0, 2.0])
    for number, name in enumerate(NAMES):
        link = f'<a href="javascript:window.hacked=7">{name}</a>'
        values = build.doubles(name + str(number), [1.0, 2.0, 3.0], unit=name, index=clock)
        ok = build.statuses(f"ok {number}", ["PASSED", "FAIL_WARN", "FAIL_BLOCK"], index=clock)
        build.double_over_time(
            f"{number} {name}", [(values, ok)], description=link, y_axis=link, legend=[link]
        )
        build.scalar(f"scalar {number} {name}", 1.0, unit=name)
    states = build.strings("states", [NAMES[0], NAMES[1], NAMES[2]], index=clock)
    build.states_over_time(
        "states", [(states, build.statuses("fine", ["PASSED"] * 3, index=clock))], states=NAMES[:3]
    )
    names = build.strings("bars", list(NAMES))
    bars = build.doubles("heights", [1.0] * len(NAMES), index=names)
    build.bar_chart("bars", [(bars, build.statuses("bars ok", bars))])
    build.text("text", _markdown(server))
    build.plotly("figure", _figure(server))
    build.plotly("map", {"data": [{"type": "choropleth", "locations": ["DEU"], "z": [1]}]})
    for number, name in enumerate(NAMES):
        build.event(f"{number} {name}", 0.5 * number, description=name, tags=[name])
    return build


def _markdown(server: str) -> str:
    return "\n\n".join(
        (
            "[link](javascript:window.hacked=8)",
            f"![image]({server}/markdown.png)",
            f"[outside]({server}/link)",
            f'<img src="{server}/html.png" onerror="window.hacked=9">',
            f"<{server}/autolink>",
            "<style>body { display: none }</style>",
            "```html\n</code></pre><script>window.hacked=10</script>\n```",
            *NAMES,
        )
    )


def _figure(server: str) -> dict[str, Any]:
    run = "javascript:window.hacked=11;parent.hacked=11"
    return {
        "data": [
            {
                "type": "scatter",
                "x": [1, 2, 3],
                "y": [1, 2, 3],
                "name": f'<a href="{run}">trace</a>',
                "text": [f'<a href="{run}" target="_top">point</a>', *NAMES[:2]],
                "mode": "markers+text",
                "hovertemplate": f'<a href="{run}">%{{x}}</a>',
            },
        ],
        "layout": {
            "title": {"text": f'<a href="{run}">title</a>{NAMES[2]}'},
            "annotations": [
                {"text": f'<a href="{run}">note</a>', "x": 1, "y": 1, "captureevents": True},
                {"text": f'<a href="{server}/annotation">go</a>', "x": 2, "y": 2},
            ],
            "images": [
                {"source": f"{server}/layout.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1},
                {"source": run, "x": 0, "y": 1, "sizex": 1, "sizey": 1},
            ],
            "template": {"layout": {"title": {"text": SCRIPT}}},
        },
        "config": {"plotlyServerURL": server, "topojsonURL": server, "showSendToCloud": True},
        "frames": [{"name": SCRIPT, "data": []}],
    }
