"""--like-cloud in a real container: rights, resources and names as in ReSim's cloud, offline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers.container_harness import COPY, ContainerHarness, make_jobs, runner
from tests.containers.test_batch import batch
from tests.runner.batch_harness import FETCH, result

FACTS = """
import json, os, shutil
status = dict(l.split(":", 1) for l in open("/proc/self/status").read().splitlines())

def limit(*paths):
    for path in paths:
        if os.path.exists(path):
            return open(path).read().split()
    return []

with open("/etc/written", "w") as file:
    file.write("by a build")
mounts = [line.split()[1] for line in open("/proc/mounts")]
facts = {
    "uid": os.getuid(), "caps": int(status["CapEff"], 16), "home": os.environ.get("HOME"),
    "net": sorted(os.listdir("/sys/class/net")), "tmp_is_a_mount": "/tmp" in mounts,
    "memory": limit("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    "cpu": limit("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
}
os.mkdir("/tmp/resim/outputs/plots")
json.dump(facts, open("/tmp/resim/outputs/log.txt", "w"))
open("/tmp/resim/outputs/plots/log.txt", "w").write("another folder")
shutil.copy("/tmp/resim/inputs/experience/given.binproto", "/tmp/resim/outputs/metrics.binproto")
"""


def test_a_job_has_the_rights_resources_and_names_of_the_cloud(
    harness: ContainerHarness, docker: Callable[..., str]
) -> None:
    words = list(harness.words(FACTS, "--like-cloud", shell="python"))
    words.remove("--quiet")
    call = runner(*words)
    assert call.code == 0, call.err
    assert sorted(
        p.relative_to(harness.outputs).as_posix() for p in harness.outputs.rglob("*")
    ) == [
        "metrics-log.txt",
        "metrics.binproto",
        "plots",
        "plots/log.txt",
    ]
    assert "log.txt is kept as metrics-log.txt, as a log has its name." in call.err
    facts = json.loads((harness.outputs / "metrics-log.txt").read_text())
    assert facts["uid"] == 0
    assert facts["caps"] != 0
    assert facts["home"] != "/tmp"
    assert facts["net"] == ["lo"]
    assert not facts["tmp_is_a_mount"]
    cpus, memory = docker("info", "--format", "{{.NCPU}} {{.MemTotal}}").split()
    has_cpus, has_mib = int(cpus), int(memory) >> 20
    assert facts["memory"] == [str(min(16384, has_mib) << 20)]
    assert facts["cpu"][0] == str(min(4, has_cpus) * 100_000)
    assert ("ReSim gives 4 and 16,384" in call.err) == (has_cpus < 4 or has_mib < 16384)


@pytest.mark.usefixtures("docker")
def test_batch_mode_reaches_nothing_but_its_api(tmp_path: Path) -> None:
    facts = """
facts = {"uid": os.getuid(), "devices": sorted(os.listdir("/sys/class/net"))}
json.dump(facts, open(OUTPUTS + "/facts.json", "w"))
open("/etc/written", "w").close()
done()
"""
    call = batch(tmp_path, FETCH + facts, "--like-cloud")
    assert call.code == 0, call.err
    assert result(call)["served"]["metrics"]["served"] == 4
    assert "not closed" not in call.err
    facts_read = json.loads((tmp_path / "out/facts.json").read_text())
    assert facts_read == {"uid": 0, "devices": ["lo"]}


def test_other_flags_win(harness: ContainerHarness) -> None:
    script = f"id -u && ! touch /etc/x/y 2>/dev/null && df -m /tmp | tail -1 && {COPY}"
    flags = ["--user", "7:7", "--memory-mib", "300", "--cpus", "1", "--tmp-mb", "9"]
    call = harness.sh(script, "--like-cloud", *flags)
    assert call.code == 0, call.err
    uid, disk = harness.log.read_text().splitlines()
    assert uid == "7"
    assert disk.split()[:2] == ["tmpfs", "9"]
    assert call.err == ""


def test_a_result_without_it_is_not_kept(tmp_path: Path, harness: ContainerHarness) -> None:
    folder = make_jobs(tmp_path / "ws", 1)
    script = f"echo plot > /tmp/resim/outputs/log.txt && {COPY}"
    image = harness.words(script)[2]
    words = ["run", "--image", image, folder, "--only", "jobs", "--format", "json"]
    outputs = folder / "jobs/job-000/outputs"
    for more, kept, names in (
        ((), False, ["log.txt", "metrics.binproto"]),
        (("--like-cloud",), False, ["metrics-log.txt", "metrics.binproto"]),
        (("--like-cloud",), True, ["metrics-log.txt", "metrics.binproto"]),
    ):
        call = runner(*words, *more, "--", "sh", "-c", script)
        assert call.code == 0, call.err
        assert call.result["kept"] == kept
        assert sorted(p.name for p in outputs.iterdir()) == names
