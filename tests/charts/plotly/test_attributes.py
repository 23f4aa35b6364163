"""The table of a figure's attributes: complete against plotly's own schema, and said in notes."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.charts.plotly.attribute_tables import DRAWN_KINDS, HARMLESS_VALUES, TABLES
from resim_inspect.charts.plotly.attributes import not_shown, treatment, treatments
from tests.charts.plotly.figures import drawn, packed


@cache
def schema() -> frozenset[str]:
    """Dotted names of all attributes of the installed plotly; skips without one."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        pytest.skip("the Python package plotly is not installed")
    path = Path(spec.origin).parent / "validators" / "_validators.json"
    return frozenset(json.loads(path.read_text()))


PARTS = {
    **{kind: kind for kind in DRAWN_KINDS},
    "axis": "layout.xaxis",
    "scene": "layout.scene",
    "scene axis": "layout.scene.xaxis",
    "shape": "layout.shape",
    "annotation": "layout.annotation",
    "coloraxis": "layout.coloraxis",
    "layout": "layout",
}
OTHER_PARTS = ("xaxis", "yaxis", "scene", "shape", "annotation", "coloraxis")
"""Parts of the layout that have a table of their own"""


def attributes(kind: str) -> list[str]:
    """Attributes of a kind of object, without those that only hold others."""
    start = PARTS[kind] + "."
    names = {name.removeprefix(start) for name in schema() if name.startswith(start)}
    if kind == "axis":
        start = "layout.yaxis."
        names |= {name.removeprefix(start) for name in schema() if name.startswith(start)}
    if kind == "layout":
        names = {name for name in names if name.partition(".")[0] not in OTHER_PARTS}
    if kind == "scene":
        names = {name for name in names if name[1:5] != "axis" and name[:11] != "annotation."}
    # A list of objects is there twice, as `shapes` and as the parts of one `shape`.
    items = {name[:-1] for name in names if name.endswith("s")}
    return sorted(
        name
        for name in names
        if not any(other.startswith(name + ".") for other in names)
        and not any(name.startswith(item + ".") for item in items)
    )


@pytest.mark.parametrize("kind", PARTS)
def test_the_table_has_every_attribute_of_plotly_s_schema(kind: str) -> None:
    found = attributes(kind)
    assert len(found) > 10
    assert [name for name in found if treatment(kind, name) is None] == []


@pytest.mark.parametrize("kind", PARTS)
def test_the_table_has_no_attribute_that_plotly_does_not_have(kind: str) -> None:
    start = PARTS[kind] + "."
    known = {name.removeprefix(start) for name in schema()}
    if kind == "axis":
        known |= {name.removeprefix("layout.yaxis.") for name in schema()}
    # Older releases had more: files keep them.
    known |= {"stream", "transforms", "hidesources", "mapbox", "type"}
    own = TABLES[kind]
    listed = f"{own.drawn} {own.harmless} {own.noted} {own.noted_if_list}".split()
    assert [name for name in listed if name not in known] == []


def test_every_value_that_is_harmless_belongs_to_an_attribute_that_is_said() -> None:
    said = {
        path
        for kind in TABLES
        for path, one in treatments(kind).items()
        if one in ("noted", "noted_if_list")
    }
    assert sorted(set(HARMLESS_VALUES) - said) == []


def test_an_attribute_outside_of_the_table_is_said() -> None:
    figure: list[dict[str, Any]] = [{"type": "bar", "y": [1], "glitter": {"amount": 3}}]
    assert not_shown(figure, {"xaxis2": {"sparkle": True}, "moon": 1}) == [
        "glitter.amount",
        "xaxis2.sparkle",
        "moon",
    ]


def test_a_note_names_a_dozen_attributes_and_counts_the_others() -> None:
    strange = {f"strange{k:02}": k for k in range(40)}
    notes = drawn([{"x": [1, 2], "y": [1, 2], **strange}]).notes
    assert notes[0].startswith("strange00, strange01,")
    assert notes[0].endswith("strange11 and 28 more are not shown.")


@pytest.mark.parametrize(
    ("trace", "notes"),
    [
        ({"marker": {"size": 9}}, []),
        ({"marker": {"size": [3, 9]}}, ["marker.size"]),
        ({"marker": {"size": packed([3, 9], "f8")}}, ["marker.size"]),
        ({"marker": {"size": [9, 9]}}, []),
        ({"marker": {"symbol": ["x", "o"]}}, ["marker.symbol"]),
        ({"opacity": 0.4}, []),
        ({"opacity": 0}, ["opacity"]),
        ({"line": {"shape": "spline"}}, ["line.shape"]),
        ({"line": {"shape": "hv", "dash": "dot"}}, []),
        ({"xperiod": "M1"}, ["xperiod"]),
        ({"hovertemplate": "%{y}", "xsrc": "me:1"}, []),
    ],
)
def test_what_is_said_of_a_trace(trace: dict[str, Any], notes: list[str]) -> None:
    drawing = drawn([{"x": [1, 2], "y": [1, 2], **trace}])
    expected = [f"{name} is not shown." for name in notes]
    assert [note for note in drawing.notes if "not shown" in note] == expected


@pytest.mark.parametrize(
    ("layout", "note"),
    [
        ({"scattermode": "group"}, "scattermode is not shown."),
        ({"xaxis": {"rangebreaks": [{"bounds": ["sat", "mon"]}]}},
         "xaxis.rangebreaks is not shown."),
        ({"yaxis": {"tickformat": ".0%"}}, "yaxis.tickformat is not shown."),
        ({"yaxis": {"tickformat": ".2f"}}, ""),
        ({"images": [{"source": "x"}], "sliders": [{}]}, "images, sliders are not shown."),
        ({"title": {"text": "figure", "subtitle": {"text": "of speed"}}},
         "title.subtitle is not shown."),
        ({"template": {"layout": {"scattermode": "group"}}}, "scattermode is not shown."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_layout(layout: dict[str, Any], note: str) -> None:
    notes = drawn([{"x": [1, 2], "y": [1, 2]}], layout).notes
    assert [n for n in notes if "not shown" in n] == ([note] if note else [])


@pytest.mark.parametrize("name", ["plotly", "plotly_dark", "ggplot2", "simple_white"])
def test_plotly_s_own_templates_need_no_note(name: str) -> None:
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        pytest.skip("the Python package plotly is not installed")
    folder = Path(spec.origin).parent / "package_data" / "templates"
    template = json.loads((folder / f"{name}.json").read_text())
    drawing = drawn([{"x": [1, 2], "y": [1, 2]}, {"type": "bar", "y": [1]}], {"template": template})
    assert drawing.notes == ()
