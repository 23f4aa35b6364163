"""Timestamps serialized in one go: the same bytes as protobuf's, for every sign and size."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from resim_inspect.building.data_builder import set_time
from resim_inspect.building.packed_times import packed_timestamps
from resim_inspect.schema import metrics_pb2 as pb


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
@example([0, 1, -1, 999_999_999, 1_000_000_000, 127, 128, 2**63 - 1, -(2**63)])
@example([])
def test_bytes_are_those_of_protobuf(ns: list[int]) -> None:
    series = pb.TimestampSeries() if hasattr(pb, "TimestampSeries") else pb.Series().timestamps
    for value in ns:
        set_time(series.series.add(), value)
    assert packed_timestamps(np.array(ns, np.int64)) == series.SerializeToString()
