"""The summary of a recording among the inputs as pictures: sizes, light, and without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Shot, press, started
from tests.tui.looks import WAYS, Look

METADATA = """\
rosbag2_bagfile_information:
  storage_identifier: mcap
  duration: {nanoseconds: 122500000000}
  starting_time: {nanoseconds_since_epoch: 1700000000000000000}
  message_count: 28430
  topics_with_message_count:
    - topic_metadata: {name: /imu, type: sensor_msgs/msg/Imu}
      message_count: 24400
    - topic_metadata:
        name: /camera/front/image_raw/compressed
        type: sensor_msgs/msg/CompressedImage
      message_count: 3610
    - topic_metadata: {name: /planner/state, type: planner_msgs/msg/State}
      message_count: 420
  relative_file_paths: [flight_0.mcap]
"""


@pytest.mark.parametrize("way", WAYS)
async def test_a_recording(way: str, tmp_path: Path, shot: Shot, look: Look) -> None:
    folder = tmp_path / "flight-1" / "inputs"
    (folder / "experience").mkdir(parents=True)
    (folder / "experience/scene.txt").write_text("pier\n")
    (folder / "logs").mkdir()
    (folder / "logs/metadata.yaml").write_text(METADATA)
    async with started(folder, look.size(), theme=look.theme) as pilot:
        await press(pilot, "end")
        shot(pilot, f"recording-{way}")
