"""Areas of the panels of a figure: plotly's domains, without the gaps between them."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.model.drawing import Area, Panel

_SLACK = 1e-6


def spread(panels_with_areas: list[tuple[Panel, Area | None]]) -> list[Panel]:
    """Panels with areas that share the gaps between their domains, from top to bottom.

    A single panel, or panels that lie over one another, have no area: they are stacked.
    """
    placed = [(panel, area) for panel, area in panels_with_areas if area is not None]
    if (
        len(panels_with_areas) < 2
        or len(placed) < len(panels_with_areas)
        or _overlap([a for _, a in placed])
    ):
        return [panel for panel, _ in panels_with_areas]
    areas = [area for _, area in placed]
    panels: list[Panel] = []
    for panel, area in sorted(placed, key=lambda pair: (round(pair[1][1], 3), pair[1][0])):
        panels.append(replace(panel, area=_grown(area, areas)))
    return panels


def _grown(area: Area, areas: list[Area]) -> Area:
    left, top, right, bottom = area
    before = [a[2] for a in areas if a[2] <= left + _SLACK]
    after = [a[0] for a in areas if a[0] >= right - _SLACK]
    above = [a[3] for a in areas if a[3] <= top + _SLACK]
    below = [a[1] for a in areas if a[1] >= bottom - _SLACK]
    return (
        (max(before) + left) / 2 if before else 0.0,
        (max(above) + top) / 2 if above else 0.0,
        (min(after) + right) / 2 if after else 1.0,
        (min(below) + bottom) / 2 if below else 1.0,
    )


def _overlap(areas: list[Area]) -> bool:
    for k, a in enumerate(areas):
        for b in areas[k + 1 :]:
            across = min(a[2], b[2]) - max(a[0], b[0])
            down = min(a[3], b[3]) - max(a[1], b[1])
            if across > _SLACK and down > _SLACK:
                return True
    return False
