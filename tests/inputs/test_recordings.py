"""Summaries of recordings: whole, cut off, damaged and hostile ones."""

from __future__ import annotations

import os
import struct
import sys
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from mcap.writer import CompressionType, IndexType, Writer

from resim_inspect.inputs import mcap_summary
from resim_inspect.inputs.mcap_summary import read_mcap
from resim_inspect.inputs.recording import RecordingError
from resim_inspect.inputs.rosbag import BAG_MAGIC, read_bag, read_metadata
from resim_inspect.inputs.summaries import summary_lines

START = 1_700_000_000 * 10**9


def mcap_bytes(
    *, messages: int = 50, summary: bool = True, compression: CompressionType | None = None
) -> bytes:
    stream = BytesIO()
    writer = Writer(
        stream,
        chunk_size=512,
        compression=CompressionType.ZSTD if compression is None else compression,
        use_statistics=summary,
        use_summary_offsets=summary,
        repeat_channels=summary,
        repeat_schemas=summary,
        index_types=IndexType.ALL if summary else IndexType.MESSAGE,
    )
    writer.start()
    schema = writer.register_schema("geometry_msgs/Pose", "ros2msg", b"")
    pose = writer.register_channel("/pose", "cdr", schema)
    scan = writer.register_channel("/scan", "cdr", schema)
    for number in range(messages):
        channel = scan if number % 5 == 0 else pose
        writer.add_message(channel, START + number * 10**8, b"x" * 40, START, number)
    writer.finish()
    return stream.getvalue()


@pytest.fixture(scope="module")
def whole() -> bytes:
    return mcap_bytes()


def test_an_mcap_file_has_topics_counts_and_times(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(whole)
    lines = summary_lines(path, folder=False)
    assert lines is not None
    assert lines[0] == "MCAP · 2 topics · 50 messages"
    assert lines[1] == ("from 2023-11-14 22:13:20 UTC to 2023-11-14 22:13:24.900 UTC (4.900 s)")
    assert lines[2].endswith("with zstd.")
    assert lines[-2:] == (
        "      40  /pose  geometry_msgs/Pose",
        "      10  /scan  geometry_msgs/Pose",
    )


def test_only_the_end_of_a_file_with_a_summary_is_read(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garbage in place of the messages changes nothing."""
    start = struct.unpack_from("<Q", whole, len(whole) - 8 - 20)[0]
    (tmp_path / "a.mcap").write_bytes(whole[:8] + b"\xff" * (start - 8) + whole[start:])
    assert read_mcap(tmp_path / "a.mcap").messages == 50


@pytest.mark.parametrize("compression", [CompressionType.NONE, CompressionType.ZSTD])
def test_a_file_that_is_cut_off_is_scanned(tmp_path: Path, compression: CompressionType) -> None:
    data = mcap_bytes(compression=compression)
    (tmp_path / "a.mcap").write_bytes(data[: len(data) // 2])
    recording = read_mcap(tmp_path / "a.mcap")
    assert recording.details[0].startswith("It has no end: it is cut off")
    assert recording.start == START
    assert 0 < (recording.messages or 0) < 50


def test_every_cut_and_every_damaged_byte_is_a_sentence(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    tail = len(whole) - 600
    damaged = [whole[:at] for at in range(0, len(whole), 37)]
    damaged += [whole[:at] + b"\xff" * 8 + whole[at + 8 :] for at in range(tail, len(whole), 7)]
    for data in damaged:
        path.write_bytes(data)
        lines = summary_lines(path, folder=False)
        assert lines
        assert len(lines) < 40


def test_a_scan_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = mcap_bytes(messages=300)
    (tmp_path / "a.mcap").write_bytes(data[:-100])
    monkeypatch.setattr(mcap_summary, "MAX_RECORDS", 5)
    assert "Read: 5 records" in " ".join(read_mcap(tmp_path / "a.mcap").details)


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcap_summary, "find_spec", lambda name: None)
    (tmp_path / "a.mcap").write_bytes(b"")
    assert summary_lines(tmp_path / "a.mcap", folder=False) == (mcap_summary.NO_LIBRARY,)


METADATA = f"""\
rosbag2_bagfile_information:
  version: 5
  storage_identifier: sqlite3
  duration: {{nanoseconds: 2500000000}}
  starting_time: {{nanoseconds_since_epoch: {START}}}
  message_count: 30
  topics_with_message_count:
    - topic_metadata: {{name: /imu, type: sensor_msgs/msg/Imu}}
      message_count: 30
  relative_file_paths: [bag_0.db3]
"""


def test_a_rosbag2_is_summarised_by_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text(METADATA)
    (tmp_path / "bag_0.db3").write_bytes(b"SQLite format 3\0")
    expected = summary_lines(tmp_path, folder=True)
    assert expected is not None
    assert expected[0] == "rosbag2 (sqlite3) · 1 topic · 30 messages"
    assert expected[-1] == "      30  /imu   sensor_msgs/msg/Imu"
    for name in ("metadata.yaml", "bag_0.db3"):
        assert summary_lines(tmp_path / name, folder=False) == expected
    (tmp_path / "metadata.yaml").unlink()
    assert "metadata.yaml beside it" in str(summary_lines(tmp_path / "bag_0.db3", folder=False))


@pytest.mark.parametrize(
    "text",
    [
        "rosbag2_bagfile_information: [",
        "rosbag2_bagfile_information: 3",
        "rosbag2_bagfile_information: !!python/object/apply:os.system [ls]",
        "rosbag2_bagfile_information: {topics_with_message_count: [1, {topic_metadata: 2}]}",
        "rosbag2_bagfile_information: " + "[" * 3000,
        "rosbag2_bagfile_information: {message_count: -1, duration: 3, starting_time: x}",
        "rosbag2_bagfile_information: {message_count: " + "9" * 400 + "}",
    ],
)
def test_metadata_of_any_shape_is_a_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text(text)
    lines = summary_lines(tmp_path / "metadata.yaml", folder=False)
    assert lines is not None
    assert lines[0]


def test_another_metadata_yaml_is_not_a_bag(tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text("name: something\n")
    assert read_metadata(tmp_path / "metadata.yaml") is None
    assert summary_lines(tmp_path / "metadata.yaml", folder=False) is None


def record(body: bytes, **fields: bytes) -> bytes:
    header = b"".join(
        struct.pack("<I", len(name) + 1 + len(value)) + name.encode() + b"=" + value
        for name, value in fields.items()
    )
    return struct.pack("<I", len(header)) + header + struct.pack("<I", len(body)) + body


def bag_bytes() -> bytes:
    def header(position: int) -> bytes:
        return record(
            b" " * 100,
            op=b"\x03",
            index_pos=struct.pack("<Q", position),
            conn_count=struct.pack("<I", 1),
            chunk_count=struct.pack("<I", 1),
        )

    middle = b"\xff" * 500
    start = len(BAG_MAGIC) + len(header(0)) + len(middle)
    kind = b"type=sensor_msgs/Imu"
    connection = record(
        struct.pack("<I", len(kind)) + kind,
        op=b"\x07",
        conn=struct.pack("<I", 0),
        topic=b"/imu",
    )
    chunk = record(
        struct.pack("<II", 0, 12),
        op=b"\x06",
        start_time=struct.pack("<II", 1_700_000_000, 0),
        end_time=struct.pack("<II", 1_700_000_003, 500),
    )
    return BAG_MAGIC + header(start) + middle + connection + chunk


def test_a_bag_of_ros_1_is_summarised_by_its_index(tmp_path: Path) -> None:
    path = tmp_path / "a.bag"
    path.write_bytes(bag_bytes())
    recording = read_bag(path)
    assert [(t.name, t.type, t.messages) for t in recording.topics] == [
        ("/imu", "sensor_msgs/Imu", 12)
    ]
    assert (recording.start, recording.end) == (START, START + 3 * 10**9 + 500)
    for end in range(0, len(bag_bytes()), 11):
        path.write_bytes(bag_bytes()[:end])
        with pytest.raises(RecordingError, match=r"\.$|writes one"):
            read_bag(path)


def test_names_of_topics_are_cleaned(tmp_path: Path) -> None:
    hostile = METADATA.replace("/imu", '"/i\\e[2J\\u202emu"')
    (tmp_path / "metadata.yaml").write_text(hostile)
    lines = summary_lines(tmp_path, folder=True)
    assert lines is not None
    bad = {c for line in lines for c in line if unicodedata.category(c) in ("Cc", "Cf")}
    assert bad == set()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mcap")
    lines = summary_lines(tmp_path / "a.mcap", folder=False)
    assert lines == ("The file is not a regular file.",)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    lines = summary_lines(tmp_path / "a.bag", folder=False)
    assert lines == ("It cannot be read: no such file or directory.",)
