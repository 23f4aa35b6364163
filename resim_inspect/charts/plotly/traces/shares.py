"""Pies, funnels and hierarchies (sunburst, treemap, icicle) as bars with percentages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from resim_inspect.charts.model.drawing import Bars, BarSeries, Message, Panel
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import category_name
from resim_inspect.charts.plotly.layers import Trace
from resim_inspect.text import count

HIERARCHIES = ("sunburst", "treemap", "icicle")
_NO_NAME = "(no name)"


def share_panel(trace: Trace, left_out: list[str], hidden: frozenset[str] = frozenset()) -> Panel:
    """Bars of a trace's parts; `left_out` gets what has no bar, in words."""
    if trace.kind in HIERARCHIES:
        return _hierarchy(trace, left_out)
    labels = decode.items(trace.get("labels"))
    values = decode.numbers(trace.get("values"))
    if trace.kind == "funnel":
        horizontal = trace.word("orientation") != "v"
        labels = labels or decode.items(trace.get("y" if horizontal else "x"))
        values = decode.numbers(trace.get("x" if horizontal else "y"))
    if not labels and len(values):
        start = decode.number(trace.get("label0")) or 0.0
        step = decode.number(trace.get("dlabel"))
        labels = [start + k * (1.0 if step is None else step) for k in range(len(values))]
    negative = int((values < 0).sum())
    if negative and trace.kind != "funnel":
        left_out.append(f'{count(negative, "negative value")} of "{trace.name}"')
    sums: dict[str, float] = {}
    for k, label in enumerate(labels):
        # Without values the labels are counted.
        value = (float(values[k]) if k < len(values) else math.nan) if len(values) else 1.0
        name = decode.text(label, 60) or _NO_NAME
        if math.isfinite(value) and (value >= 0 or trace.kind == "funnel") and name not in hidden:
            sums[name] = sums.get(name, 0.0) + value
    if trace.kind == "pie" and trace.get("sort") is not False:
        sums = dict(sorted(sums.items(), key=lambda item: -item[1]))
    return _bars(trace, sums)


def _bars(trace: Trace, sums: dict[str, float]) -> Panel:
    if not sums:
        return Message(f'The {trace.kind} "{trace.name}" has no values.')
    series = BarSeries(
        trace.name, np.array(list(sums.values()), np.float64), color_role=trace.color_role
    )
    title = decode.text(trace.get("title"), 60)
    return Bars(tuple(sums), (series,), percent=True, vertical=False, title=title)


@dataclass
class _Node:
    """One part of a hierarchy."""

    label: str
    value: float
    children: list[_Node] = field(default_factory=list)
    total: float = 0.0


def _hierarchy(trace: Trace, left_out: list[str]) -> Panel:
    """The outermost level with more than one part, each with the sum of what it holds."""
    roots = hierarchy(trace)
    if isinstance(roots, str):
        return Message(f'The {trace.kind} "{trace.name}" is not drawn: {roots}')
    level, depth = roots, 0
    while len(level) == 1 and level[0].children:
        level, depth = level[0].children, depth + 1
    deeper = sum(_size(node) - 1 for node in level)
    if deeper:
        left_out.append(f'{count(deeper, "part")} of "{trace.name}" inside of these')
    level = sorted(level, key=lambda node: -node.total)
    sums: dict[str, float] = {}
    for node in level:
        name = decode.text(node.label, 60) or _NO_NAME
        sums[name] = sums.get(name, 0.0) + node.total
    return _bars(trace, sums)


def hierarchy(trace: Trace) -> list[_Node] | str:
    """Roots of a hierarchy with their totals, or a sentence on why there are none.

    With `branchvalues` remainder, plotly's default, a part's own value adds to its children's.
    """
    labels = [category_name(v) for v in decode.items(trace.get("labels"))]
    ids = [category_name(v) for v in decode.items(trace.get("ids"))] or labels
    parents = ["" if v is None else category_name(v) for v in decode.items(trace.get("parents"))]
    raw_values = trace.get("values")
    values = decode.numbers(raw_values) if decode.size_of(raw_values) else None
    n = min(len(ids), len(parents), len(ids) if values is None else len(values))
    nodes: dict[str, _Node] = {}
    parent_of: dict[str, str] = {}
    for k in range(n):
        value = 0.0 if values is None else float(values[k])
        if not ids[k] or not value >= 0:
            continue
        if ids[k] in nodes:
            return f'the name "{decode.text(ids[k], 40)}" is there twice.'
        nodes[ids[k]] = _Node(labels[k] if k < len(labels) else ids[k], value)
        parent_of[ids[k]] = parents[k]
    missing = dict.fromkeys(p for p in parent_of.values() if p and p not in nodes)
    if missing and ("" in parent_of.values() or len(missing) > 1):
        return f'the part "{decode.text(next(iter(missing)), 40)}" is missing.'
    for name in missing:
        nodes[name] = _Node(name, 0.0)
        parent_of[name] = ""
    for name, parent in parent_of.items():
        if parent:
            nodes[parent].children.append(nodes[name])
    roots = [nodes[name] for name, parent in parent_of.items() if not parent]
    if sum(_size(node, 200) for node in roots) < len(nodes):
        return "its parts are inside of each other."
    by_total = trace.word("branchvalues") == "total" and values is not None
    leaves_only = values is None and "branches" not in trace.word("count")
    for root in roots:
        _sum(root, by_total, values is None, leaves_only)
    return roots


def _size(node: _Node, depth: int = 200) -> int:
    return 1 + sum(_size(child, depth - 1) for child in node.children) if depth else 1


def _sum(node: _Node, by_total: bool, counting: bool, leaves_only: bool) -> float:
    inside = sum(_sum(child, by_total, counting, leaves_only) for child in node.children)
    if counting:
        own = 0.0 if node.children and leaves_only else 1.0
        node.total = inside + own
    elif by_total:
        node.total = node.value if node.value or not node.children else inside
    else:
        node.total = inside + node.value
    return node.total
