"""Plots of one line as SVG, and the texts and paths of a file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np

from resim_inspect.charts.model.drawing import Axis, Curve, Drawing, Panel, Plot
from resim_inspect.charts.svg import SvgOptions, svg_chart

SVG = "{http://www.w3.org/2000/svg}"


def parsed(panel: Panel | Drawing, options: SvgOptions | None = None) -> ET.Element:
    drawing = panel if isinstance(panel, Drawing) else Drawing("chart", "line plot", (panel,))
    return ET.fromstring(svg_chart(drawing, options or SvgOptions()))


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def line(y: list[float], **more: object) -> Curve:
    values = np.array(y, np.float64)
    return replace(Curve("speed", np.arange(len(y), dtype=np.float64), values), **more)  # type: ignore[arg-type]


def plot(**layers: object) -> Plot:
    return replace(Plot(Axis(title="sample"), Axis(title="speed", unit="m/s")), **layers)  # type: ignore[arg-type]


def paths(root: ET.Element) -> list[str]:
    return [element.get("d", "") for element in root.iter(f"{SVG}path")]
