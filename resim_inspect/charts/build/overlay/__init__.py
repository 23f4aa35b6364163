"""Two drawings of one metric in one: the base dim, the other one bright, and their difference.

What has no common scale, such as values in different units, stands side by side instead.
"""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.analysis.captions import caption as caption_of
from resim_inspect.charts.build.overlay.bars import merged_bars, merged_histograms
from resim_inspect.charts.build.overlay.curves import merged_plots
from resim_inspect.charts.build.overlay.images import merged_images
from resim_inspect.charts.build.overlay.numbers import merged_gauges
from resim_inspect.charts.build.overlay.sides import COMPARED as COMPARED
from resim_inspect.charts.build.overlay.sides import REFERENCE as REFERENCE
from resim_inspect.charts.build.overlay.sides import Words as Words
from resim_inspect.charts.build.overlay.sides import apart
from resim_inspect.charts.build.overlay.texts import merged_texts
from resim_inspect.charts.model.drawing import Bars, Drawing, Gauge, Image, Panel, Plot, Text
from resim_inspect.document.enums import MetricType


def overlaid(
    before: Drawing, after: Drawing, words: Words = COMPARED, *, difference: bool = False
) -> Drawing:
    """The drawing `after` with what `before` has in it; `difference` draws that of two images.

    Times that do not overlap are aligned at their starts. The notes of both are kept.
    """
    pairs = list(zip(before.panels, after.panels, strict=False))
    matching = len(before.panels) == len(after.panels) and bool(pairs)
    if matching and isinstance(pairs[0][0], Image) and isinstance(pairs[0][1], Image):
        return merged_images(before, after, words, difference=difference)
    if before.images != after.images:
        return merged_images(before, after, words, difference=False)
    is_histogram = before.type_label == after.type_label == MetricType.HISTOGRAM.label
    panels: list[Panel] = []
    for old, new in pairs if matching else ():
        merged = (
            merged_histograms(old, new, words)
            if is_histogram and isinstance(old, Plot) and isinstance(new, Plot)
            else _merged(old, new, words, alone=len(pairs) == 1)
        )
        if merged is None:
            return apart(before, after, words)
        panels += merged
    if not matching:
        return apart(before, after, words)
    notes = dict.fromkeys((*after.notes, *(f"{words.before}: {note}" for note in before.notes)))
    caption = after.caption or caption_of(after)
    return replace(after, panels=tuple(panels), notes=tuple(notes), caption=caption)


def _merged(old: Panel, new: Panel, words: Words, *, alone: bool) -> tuple[Panel, ...] | None:
    """Both panels on one scale, the other side's first; None if they have no common scale.

    `alone`: the panels are all of their drawings, so that a difference has room below.
    """
    if isinstance(old, Gauge) and isinstance(new, Gauge):
        return merged_gauges(old, new, words)
    if isinstance(old, Bars) and isinstance(new, Bars):
        return merged_bars(old, new, words, alone=alone)
    if isinstance(old, Text) and isinstance(new, Text):
        return merged_texts(old, new, words)
    if isinstance(old, Plot) and isinstance(new, Plot):
        if old.boxes or new.boxes:
            return None
        return merged_plots(old, new, words, alone=alone)
    return None
