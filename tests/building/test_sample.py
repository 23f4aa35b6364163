"""The sample has all metric types, is valid and deterministic, and writes its images."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from resim_inspect.building.png import png
from resim_inspect.building.sample import sample_bytes, write_sample
from resim_inspect.document import open_document, parse_document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity


def test_it_has_every_kind_of_metric_and_two_events() -> None:
    document = parse_document(sample_bytes())
    kinds = {metric.type for metric in document.metrics}
    assert kinds == {kind for kind in MetricType if kind and kind.known}
    assert len(document.events) == 2
    assert document.verdict is MetricStatus.FAIL_BLOCK
    statuses = {metric.status for metric in document.metrics}
    assert statuses == {status for status in MetricStatus if status and status.known}


def test_it_is_the_same_at_every_call(tmp_path: Path) -> None:
    assert sample_bytes() == sample_bytes(tmp_path)


def test_it_is_valid_and_its_images_lie_beside_it(tmp_path: Path) -> None:
    with open_document(write_sample(tmp_path)) as document:
        report = validate(document)
        assert report.valid
        assert [one for one in report.findings if one.severity is Severity.WARNING] == []
        files = [document.external_path(data) for data in document.data if data.external_path]
        assert len(files) == 5
        for file in files:
            assert file is not None
            with Image.open(file) as image:
                assert image.size == (160, 120)


def test_the_official_validator_accepts_it() -> None:
    proto = pytest.importorskip("resim.metrics.proto.metrics_pb2")
    official = pytest.importorskip("resim.metrics.proto.validate_metrics_proto")
    official.validate_job_metrics(proto.JobMetrics.FromString(sample_bytes()))


def test_a_png_says_what_was_drawn() -> None:
    pixels = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7, 1, 2, 3, 250, 251, 252])
    with Image.open(io.BytesIO(png(3, 2, pixels))) as image:
        assert image.size == (3, 2)
        assert image.mode == "RGB"
        assert image.tobytes() == pixels
