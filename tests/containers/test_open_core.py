"""A build with ReSim's own open-core in its image, in a container with everything denied."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers.container_harness import BASE_IMAGE, ContainerHarness

TAG = "resim-inspect-test:open-core-1.6.0"
REQUIRED = os.environ.get("RESIM_REQUIRE_OPEN_CORE") == "1"

DOCKERFILE = """
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY wheelhouse/ /wheelhouse/
RUN python3 -m venv /opt/venv \\
 && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /wheelhouse resim-open-core
COPY build.py /build.py
CMD ["/opt/venv/bin/python", "/build.py"]
"""

BUILD = '''
"""Reads a log of speeds, writes what open-core's own writer makes of it."""
import uuid
from pathlib import Path
from resim.metrics.python.metrics import ScalarMetric
from resim.metrics.python.metrics_utils import MetricImportance, MetricStatus
from resim.metrics.python.metrics_writer import ResimMetricsWriter
from resim.metrics.proto.validate_metrics_proto import validate_job_metrics

speeds = [float(v) for v in Path("/tmp/resim/inputs/logs/log.txt").read_text().split()]
writer = ResimMetricsWriter(uuid.uuid4())
(
    writer.add_scalar_metric("Top speed")
    .with_description("The highest speed")
    .with_status(MetricStatus.PASSED_METRIC_STATUS)
    .with_importance(MetricImportance.HIGH_IMPORTANCE)
    .with_value(max(speeds))
    .with_unit("m/s")
    .with_blocking(False)
    .with_should_display(True)
)
output = writer.write()
validate_job_metrics(output.metrics_msg)
Path("/tmp/resim/outputs/metrics.binproto").write_bytes(output.metrics_msg.SerializeToString())
print("wrote the top speed of", len(speeds))
'''


@pytest.fixture(scope="module")
def image(docker: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image with open-core in it, made once on a machine."""
    try:
        docker("image", "inspect", TAG)
    except RuntimeError:
        folder = tmp_path_factory.mktemp("image")
        words = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:"]
        words += ["-d", str(folder / "wheelhouse"), "resim-open-core==1.6.0"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            say = pytest.fail if REQUIRED else pytest.skip
            say(f"open-core cannot be fetched: {done.stderr.strip()[-300:]}")
        (folder / "Dockerfile").write_text(DOCKERFILE)
        (folder / "build.py").write_text(BUILD)
        subprocess.run(
            ["docker", "build", "--network=none", "-q", "--build-arg", f"BASE_IMAGE={BASE_IMAGE}",
             "-t", TAG, str(folder)],
            env={**os.environ, "DOCKER_BUILDKIT": "0"},
            capture_output=True,
            check=True,
        )  # fmt: skip
    return TAG


def test_open_core_runs_with_the_hardened_defaults(harness: ContainerHarness, image: str) -> None:
    words = [image if word == BASE_IMAGE else word for word in harness.words("")[:-4]]
    from tests.containers.container_harness import runner

    call = runner(*words)
    assert call.code == 0, call.out + call.err
    assert call.result["metrics"] == 1
    assert call.result["image"] == image
    assert harness.log.read_text() == "wrote the top speed of 3\n"
    assert (harness.outputs / "metrics.binproto").stat().st_uid == os.getuid()


def test_the_image_is_pinned_by_its_id(harness: ContainerHarness, image: str) -> None:
    from tests.containers.container_harness import runner

    words = [image if word == BASE_IMAGE else word for word in harness.words("")[:-4]]
    identity = harness.docker("image", "inspect", "--format", "{{.Id}}", image).strip()
    assert runner(*words).result["image_id"] == identity
    assert Path(harness.outputs / "metrics.binproto").is_file()
