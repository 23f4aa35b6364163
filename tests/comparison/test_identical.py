"""Identical files: recognised early, and described as by a comparison in full."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import sample_bytes
from resim_inspect.comparison import CompareOptions, Direction, Tolerance, compare_documents
from resim_inspect.comparison.changes import Measured, Reading
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.metric_types import MEASURES, compare_values, measured_values
from resim_inspect.comparison.value_comparison import finite_mean
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricType
from tests.comparison.variants import Variant, document_of

VARIANTS = (
    Variant(values=(), index=()),
    Variant(values=(1.0, 2.0, 3.0), index=(0, 1)),
    Variant(),
    Variant(values=(math.nan, math.inf, -3.0)),
    Variant(values=(math.nan, math.nan, math.nan), unit=""),
    Variant(values=(1e308, 1e308, 1e308)),
    Variant(statuses=("PASSED", "FAIL_BLOCK", "PASSED"), status="FAIL_BLOCK"),
)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", [MetricType.DOUBLE_OVER_TIME, MetricType.LINE_PLOT])
def test_curves_alone_are_described_as_beside_themselves(
    kind: MetricType, variant: Variant, tmp_path: Path
) -> None:
    document = document_of(kind, variant, tmp_path)
    pair = Pair(document, document)
    values = document.metrics[0].values
    assert type(values) in MEASURES
    with np.errstate(over="ignore", invalid="ignore"):
        compared = compare_values(pair, values, values, Tolerance())
        measured = measured_values(pair, values, Tolerance())
    assert repr(measured) == repr(compared.before)


def test_the_sample_is_described_alike_beside_a_copy_and_beside_a_longer_file() -> None:
    """A file with one byte more is not the same, and every metric of it is."""
    one, copy = parse_document(sample_bytes()), parse_document(sample_bytes())
    longer = parse_document(sample_bytes() + b"\xba\x3e\x00")
    assert Pair(one, copy).identical
    assert not Pair(one, longer).identical
    options = CompareOptions(findings=False)
    beside_copy = compare_documents(one, copy, options).changes
    assert beside_copy == compare_documents(one, longer, options).changes
    assert len(beside_copy) > 15
    short = compare_documents(one, copy, replace(options, same_values=False)).changes
    assert len(short) == len(beside_copy)
    for change, brief in zip(beside_copy, short, strict=True):
        if change.type in MetricType.__members__ and not change.type.startswith("IMAGE"):
            assert change.before is not None
            reading = Reading(change.before.status, Measured())
            assert brief == replace(change, before=reading, after=reading, delta=None)
        else:
            assert brief == change


@pytest.mark.parametrize("same_values", [True, False])
def test_files_beside_the_same_bytes_may_differ(tmp_path: Path, same_values: bool) -> None:
    sides = []
    for name in ("before", "after"):
        build = DocumentBuilder("one seed")
        build.image("Picture", build.file("Data", "picture.png"))
        build.scalar("Value", 1.0)
        folder = tmp_path / name
        folder.mkdir()
        sides.append(build.document(build.write(folder / "metrics.binproto")))
    (tmp_path / "before/picture.png").write_bytes(b"\x89PNG")
    assert Pair(*sides).identical
    options = CompareOptions(same_values=same_values)
    changes = compare_documents(sides[0], sides[1], options).changes
    differing = [change.name for change in changes if change.direction is not Direction.SAME]
    # The picture, and the finding that its file is missing.
    assert differing == ["Picture", "file-missing"]


@given(st.lists(st.floats(width=64), max_size=40))
@example([1e308, 1e308])
@example([math.inf, 1.0])
def test_the_mean_is_that_of_the_finite_numbers(values: list[float]) -> None:
    numbers = np.array(values, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    with np.errstate(over="ignore", invalid="ignore"):
        expected = float(finite.mean()) if len(finite) else None
        assert finite_mean(numbers) == expected
