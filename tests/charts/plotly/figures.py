"""Drawings of plotly figures for tests."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, DrawOptions, draw, render
from resim_inspect.charts.model.drawing import Drawing, Plot


def drawn(data: list[Any], layout: dict[str, Any] | None = None, **options: Any) -> Drawing:
    build = DocumentBuilder()
    build.plotly("figure", {"data": data, "layout": layout or {}})
    document = build.document()
    return draw(document, document.metrics[0], DrawOptions(**options))


def plot(data: list[Any], layout: dict[str, Any] | None = None, **options: Any) -> Plot:
    panel = drawn(data, layout, **options).panels[0]
    assert isinstance(panel, Plot), panel
    return panel


def packed(values: Any, kind: str, **more: Any) -> dict[str, Any]:
    raw = np.asarray(values, "<" + kind).tobytes()
    return {"dtype": kind, "bdata": base64.b64encode(raw).decode(), **more}


def figure_text(drawing: Drawing, width: int = 100, height: int = 24) -> str:
    return render(drawing, width, height, palette=PLAIN).text
