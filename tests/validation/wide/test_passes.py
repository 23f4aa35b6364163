"""The findings of a wide file are those of its messages, one by one: their order and their text."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.building.builder import DataRef, DocumentBuilder
from resim_inspect.document import Document, parse_document
from resim_inspect.document.columns.metric_columns import metric_columns
from resim_inspect.document.columns.record_spans import record_spans
from resim_inspect.errors import DocumentError
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import Report, validate, validator
from resim_inspect.validation.context import Context
from resim_inspect.validation.rules.metric_pass import MetricChecks
from resim_inspect.validation.wide import passes
from tests.conformance.mutate import mutate
from tests.conformance.random_documents import random_document
from tests.document.encodings import encode
from tests.soak import FACTOR

SEEDS = st.integers(0, 2**32)


def wide_document(rng: random.Random, metrics: int) -> pb.JobMetrics:
    """Metrics of the types that the columns hold, and some of others."""
    build = DocumentBuilder(f"wide {rng.random()}")
    clocks = [build.times(f"clock {number}", [0.5 * at for at in range(4)]) for number in range(3)]

    def pair(name: str, clock: DataRef) -> tuple[DataRef, DataRef]:
        values = build.doubles(f"value {name}", [rng.gauss(0, 1) for _ in range(4)], index=clock)
        statuses = rng.choice((["PASSED"] * 4, ["PASSED", "FAIL_WARN", "RAW", "FAIL_BLOCK"]))
        return values, build.statuses(f"status {name}", statuses, index=clock)

    for number in range(metrics):
        kind = rng.choice(("one", "one", "several", "scalar", "scalar", "text", "histogram"))
        name = f"metric {number}"
        clock = rng.choice(clocks)
        if kind == "one":
            build.double_over_time(name, [pair(name, clock)])
        elif kind == "several":
            lines = [pair(f"{name}.{line}", rng.choice((clock, clocks[0]))) for line in range(3)]
            build.double_over_time(name, lines)
        elif kind == "scalar":
            build.scalar(name, rng.gauss(0, 1), unit="m", fails_above=9.0)
        elif kind == "text":
            build.text(name, "All went well.")
        else:
            values, statuses = pair(name, clock)
            build.histogram(name, values, statuses, buckets=[(0, 1)], lower=0, upper=1)
    return build.message()


def reports(document: Document, edition: str | None = None) -> tuple[Report | str, Report | str]:
    """The report over columns, and that over messages; the text of an error instead."""
    found: list[Report | str] = []
    for limit in (0, 1 << 30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(validator, "WIDE", limit)
            try:
                found.append(validate(document, edition=edition))
            except DocumentError as error:
                found.append(str(error))
    return found[0], found[1]


@settings(max_examples=400 * FACTOR, deadline=None)
@given(
    SEEDS,
    st.integers(0, 3),
    st.sampled_from([0.0, 0.0, 0.1, 0.6]),
    st.sampled_from([None, None, "0.3.2", "0.11.0", "0.0.19"]),
    st.sampled_from([64, 4096]),
)
def test_findings_are_the_same(
    seed: int, mutations: int, oddity: float, edition: str | None, threshold: int
) -> None:
    rng = random.Random(seed)
    message = wide_document(rng, rng.randrange(8)) if seed % 3 else random_document(rng)
    for _ in range(mutations):
        mutate(message, rng.getrandbits(40))
    data = encode(rng, message, oddity) if oddity else message.SerializeToString()
    try:
        document = parse_document(data, threshold=threshold)
    except DocumentError:
        return
    together, alone = reports(document, edition)
    assert together == alone


def test_columns_hold_what_usual_writers_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is checked by itself but the clocks, and metrics of other types or of two clocks."""
    message = wide_document(random.Random(5), 300)
    data = message.SerializeToString()
    spans = record_spans(data)
    assert spans is not None
    usual: list[bool] = []
    held: Counter[int] = Counter()
    for columns in metric_columns(data, spans.metrics):
        usual += columns.usual.tolist()
        held.update(columns.holds[columns.usual].tolist())
    metrics = message.job_level_metrics.metrics
    assert usual == [metric.type in (2, 7, 11) for metric in metrics]
    assert held == Counter(metric.type for metric in metrics if metric.type in (2, 7, 11))

    checked: list[int] = []
    check = MetricChecks.check

    def counted(self: MetricChecks, at: int, metric: pb.Metric, name: str) -> None:
        checked.append(at)
        check(self, at, metric, name)

    monkeypatch.setattr(MetricChecks, "check", counted)
    monkeypatch.setattr(validator, "WIDE", 0)
    assert validate(parse_document(data)).findings == []
    clock_of = {
        one.metrics_data_id.id.data: one.index_data_id.id.data for one in message.metrics_data
    }
    assert 0 < len(checked) < len(metrics) / 2
    for position in checked:
        values = metrics[position].metric_values.double_over_time_metric_values
        clocks = {clock_of[one.id.data] for one in values.doubles_over_time_data_id}
        assert metrics[position].type not in (2, 7, 11) or len(clocks) > 1


def test_a_hint_names_what_was_not_used_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that only later metrics use counts as unused for the hint of an earlier one."""
    message = wide_document(random.Random(7), 40)
    values = [
        metric.metric_values.double_over_time_metric_values
        for metric in message.job_level_metrics.metrics
        if metric.type == pb.DOUBLE_OVER_TIME_METRIC_TYPE
    ]
    for number in (1, len(values) - 1):
        values[number].doubles_over_time_data_id[0].id.data = str(uuid.UUID(int=number))
    together, alone = reports(parse_document(message.SerializeToString()))
    assert together == alone
    assert isinstance(alone, Report)
    hints = [one.hint for one in alone.findings if one.rule == "data-missing"]
    assert len(hints) == 2
    assert hints[0] != hints[1]


def test_a_large_file_takes_this_way(monkeypatch: pytest.MonkeyPatch) -> None:
    build = DocumentBuilder("large")
    for number in range(validator.WIDE):
        build.scalar(f"metric {number}", float(number))
    taken: list[bool] = []

    def check_wide(context: Context) -> bool:
        taken.append(passes_check(context))
        return taken[-1]

    passes_check = passes.check_wide
    monkeypatch.setattr(passes, "check_wide", check_wide)
    assert validate(build.document()).findings == []
    assert taken == [True]
