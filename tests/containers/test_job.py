"""One job in a real container: hardened, its outputs ours, its mistakes explained."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    BASE_IMAGE,
    COPY,
    ContainerHarness,
    make_inputs,
    metrics_file,
    runner,
)


def test_a_valid_build_is_fine_and_its_outputs_are_ours(harness: ContainerHarness) -> None:
    call = harness.sh(
        f"{COPY}; mkdir /tmp/resim/outputs/plots; echo 1 > /tmp/resim/outputs/plots/a"
    )
    assert call.code == 0, call.err
    assert call.json["verdict"] == "PASSED"
    assert call.result["outcome"] == "done"
    assert call.result["metrics"] == 1
    assert (harness.outputs / "plots" / "a").read_text() == "1\n"
    about = (harness.outputs / "metrics.binproto").stat()
    assert about.st_uid == os.getuid()
    assert stat.S_ISREG(about.st_mode)
    assert sorted(p.name for p in harness.outputs.iterdir()) == ["metrics.binproto", "plots"]


def test_by_default_a_container_may_nothing(harness: ContainerHarness) -> None:
    script = """
import json, os, socket
status = dict(l.split(":", 1) for l in open("/proc/self/status").read().splitlines())
facts = {"uid": os.getuid(), "caps": status["CapBnd"].strip(), "eff": status["CapEff"].strip(),
         "privs": status["NoNewPrivs"].strip(), "seccomp": status["Seccomp"].strip(),
         "pid1": open("/proc/1/comm").read().strip(), "env": sorted(os.environ),
         "net": sorted(os.listdir("/sys/class/net"))}
for name in ("/etc/x", "/tmp/resim/inputs/logs/x", "/tmp/resim/inputs/x"):
    try:
        open(name, "w")
        facts[name] = "written"
    except OSError as error:
        facts[name] = error.errno
open("/tmp/x", "w").write("fine")
json.dump(facts, open("/tmp/resim/outputs/facts.json", "w"))
import shutil
shutil.copy("/tmp/resim/inputs/experience/given.binproto", "/tmp/resim/outputs/metrics.binproto")
"""
    call = harness.python(script)
    assert call.code == 0, call.out
    facts = json.loads((harness.outputs / "facts.json").read_text())
    assert facts["uid"] == 12345
    assert int(facts["caps"], 16) == 0
    assert int(facts["eff"], 16) == 0
    assert facts["privs"] == "1"
    assert facts["seccomp"] == "2"
    assert facts["pid1"] in {"docker-init", "tini", "catatonit"}
    assert facts["net"] == ["lo"]
    assert facts["/etc/x"] == 30
    assert facts["/tmp/resim/inputs/logs/x"] == 30
    assert facts["/tmp/resim/inputs/x"] == 13
    assert "RESIM_TOKEN" not in facts["env"]


def test_each_opt_out_gives_back_what_it_says(harness: ContainerHarness) -> None:
    script = f"touch /etc/x && id -u && grep CapBnd /proc/self/status && echo $COLOR && {COPY}"
    call = harness.sh(
        script, "--writable-root", "--image-user", "--keep-capabilities", "--env", "COLOR=a=b",
        "--network", "bridge", "--no-init", "--allow-new-privileges",
    )  # fmt: skip
    assert call.code == 0, call.out
    uid, capabilities, color = harness.log.read_text().splitlines()
    assert uid == "0"
    assert int(capabilities.split()[1], 16) != 0
    assert color == "a=b"


@pytest.mark.parametrize("private", ["mode", "link"])
def test_inputs_that_a_mount_would_hide_are_copied_in(
    harness: ContainerHarness, private: str
) -> None:
    log = harness.folder / "inputs" / "logs" / "log.txt"
    if private == "mode":
        log.chmod(0o600)
    else:
        (harness.folder / "elsewhere.txt").write_text("0 1 2\n")
        log.unlink()
        log.symlink_to(harness.folder / "elsewhere.txt")
    call = harness.sh(f"cat /tmp/resim/inputs/logs/log.txt && {COPY}")
    assert call.code == 0, call.out
    assert harness.log.read_text() == "0 1 2\n"


def test_a_mount_and_a_path_with_blanks_and_commas(harness: ContainerHarness) -> None:
    extra = harness.folder / "data, set"
    extra.mkdir()
    (extra / "a.txt").write_text("seen\n")
    call = harness.sh(f"cat /dataset/a.txt && {COPY}", "--mount", f"{extra}:/dataset")
    assert call.code == 0, call.out
    assert harness.log.read_text() == "seen\n"


def test_verdicts_become_exit_codes(harness: ContainerHarness, tmp_path: Path) -> None:
    for status, codes in (("FAIL_BLOCK", (7, 7, 0)), ("FAIL_WARN", (0, 8, 0))):
        harness.folder = tmp_path / status
        make_inputs(harness.folder / "inputs", metrics_file(status, 44.7))
        call = harness.sh(COPY)
        assert (call.code, call.json["verdict"]) == (codes[0], status)
        assert call.result["failing"] == [
            {
                "name": "Max speed",
                "status": status,
                "headline": call.result["failing"][0]["headline"],
            }
        ]
        assert "44.7 m/s" in call.result["failing"][0]["headline"]
    assert harness.sh(COPY, "--fail-on", "warn").code == 8


@pytest.mark.parametrize(
    ("script", "says", "hint"),
    [
        ("exit 3", "it ended with exit code 3, and its log is empty.", ""),
        ("echo KeyError: speeds >&2; exit 1", "exit code 1: KeyError: speeds.", ""),
        ("true", "wrote no metrics.binproto; its outputs are empty", ""),
        ("echo hi > /tmp/resim/outputs/a", "wrote no metrics.binproto; its outputs are a", ""),
        (": > /tmp/resim/outputs/metrics.binproto", "metrics.binproto cannot be read", ""),
        ("echo no > /tmp/resim/outputs/metrics.binproto", "metrics.binproto cannot be read", ""),
        ("touch /etc/x", "Read-only file system", "--writable-root"),
        ("nothing-like-this", "not found (127)", ""),
        ("head -c 600000000 /dev/zero > /tmp/x", "No space left", "--tmp-mb"),
        ("rm -rf /tmp/resim/outputs; sleep 0", "empty", ""),
    ],
)
def test_a_build_that_fails_is_explained(
    harness: ContainerHarness, script: str, says: str, hint: str
) -> None:
    call = harness.sh(script)
    assert call.code == 2, call.out
    assert call.result["outcome"] == "failed"
    assert says in call.result["message"]
    assert hint in call.result["hint"]


def test_an_invalid_file_is_an_error_with_the_findings(
    harness: ContainerHarness, tmp_path: Path
) -> None:
    from resim_inspect.building.builder import DocumentBuilder

    builder = DocumentBuilder("invalid")
    builder.scalar("Speed", 1.0)
    message = builder.message()
    message.job_level_metrics.metrics[0].metric_id.id.data = "not an id"
    harness.folder = tmp_path / "invalid"
    make_inputs(harness.folder / "inputs", message.SerializeToString())
    call = harness.sh(f"echo last words; {COPY}")
    assert call.code == 2
    assert "metrics.binproto is invalid" in call.result["message"]
    assert call.result["findings"]
    assert call.result["log_tail"] == ["last words"]
    # What is wrong can be looked at, under a name that no one takes for a good file.
    assert (harness.outputs / "metrics.binproto.rejected").is_file()
    assert not (harness.outputs / "metrics.binproto").exists()


def test_an_image_without_its_program_and_an_image_that_is_not_there(
    harness: ContainerHarness,
) -> None:
    words = harness.words("")[:-4]
    call = runner(*words, "--", "/no/such/program")
    assert call.code == 2
    assert "not found (127)" in call.result["message"]
    words[words.index(BASE_IMAGE)] = "no-such-image:at-all"
    call = runner(*words, "--pull", "never")
    assert call.code == 2
    assert "was not found" in call.err


def test_a_dead_address_is_one_clear_sentence(harness: ContainerHarness) -> None:
    call = harness.sh(COPY, "--engine", f"unix://{harness.folder}/none.sock")
    assert call.code == 2
    assert "no container engine answers" in call.err
    assert "Traceback" not in call.err


def test_secrets_are_nowhere(harness: ContainerHarness, docker: object) -> None:
    secret = "s3cr3t-t0ken/with+signs="
    env = {"MY_TOKEN": secret, "RESIM_TOKEN": "the-resim-token"}
    refused = harness.sh(COPY, "--env", "MY_TOKEN", env=env)
    assert refused.code == 2
    assert "--visible-secrets" in refused.err
    inline = harness.sh(COPY, "--env", f"MY_TOKEN={secret}")
    assert inline.code == 2
    assert secret not in inline.err + inline.out
    events = harness.folder / "events.jsonl"
    script = """
import base64, os, sys, time, urllib.parse
token = os.environ["MY_TOKEN"]
assert "RESIM_TOKEN" not in os.environ
sys.stdout.write("half " + token[:7]); sys.stdout.flush(); time.sleep(0.3)
print(token[7:], urllib.parse.quote(token, safe=""), base64.b64encode(token.encode()).decode())
print(base64.b64encode(("x" + token).encode()).decode(), flush=True)
sys.exit("ValueError: " + token)
"""
    call = harness.python(
        script, "--env", "MY_TOKEN", "--visible-secrets", "--events", events, env=env
    )
    assert call.result["message"] == "it ended with exit code 1: ValueError: [redacted]."
    written = call.out + call.err + events.read_text() + harness.log.read_text()
    assert harness.log.read_text().count("[redacted]") == 5
    import base64

    for form in (secret, "s3cr3t-t0ken%2F", base64.b64encode(secret.encode()).decode()[:-2]):
        assert form not in written
    dry = harness.sh(COPY, "--env", "MY_TOKEN", "--visible-secrets", "--dry-run", env=env)
    assert "--env=MY_TOKEN" in dry.out
    assert secret not in dry.out


@pytest.mark.usefixtures("docker")
def test_the_image_of_a_context_is_built_before_it_is_run(tmp_path: Path) -> None:
    context = tmp_path / "image"
    context.mkdir()
    (context / "Dockerfile").write_text(
        f'FROM {BASE_IMAGE}\nCOPY copy.sh /\nENTRYPOINT ["sh", "/copy.sh"]\n'
    )
    script = context / "copy.sh"
    script.write_text(f"{COPY}; echo first\n")
    make_inputs(tmp_path / "in", metrics_file())
    (tmp_path / "resim.toml").write_text(
        '[build.context]\ncontext = "image"\n[defaults.job]\noutputs = "out"\nlog = "log.txt"\n'
    )
    identities = []
    for change in ("", "# no other image", "echo second"):
        script.write_text(f"{script.read_text()}{change}\n" if change else script.read_text())
        call = runner("job", "--inputs", "in", "--format", "json", cwd=tmp_path)
        assert call.code == 0, call.err
        identities.append(call.result["image_id"])
    assert len(set(identities)) == 3
    assert (tmp_path / "log.txt").read_text() == "first\nsecond\n"
    assert (
        runner("job", "--inputs", "in", "--format", "json", cwd=tmp_path).result["image_id"]
        == (identities[-1])
    )


def test_the_resources_of_a_build_are_in_its_result(harness: ContainerHarness) -> None:
    script = """
import shutil, time
held = bytearray(200 << 20)
while time.process_time() < 0.5:
    pass
time.sleep(1.5)
shutil.copy("/tmp/resim/inputs/experience/given.binproto", "/tmp/resim/outputs/metrics.binproto")
"""
    call = harness.python(script)
    assert call.code == 0, call.err
    assert 200 << 20 < call.result["peak_memory_bytes"] < 1 << 30
    assert 0.4 < call.result["cpu_seconds"] < 20
    assert call.result["attempts"] == 1


def test_an_engine_without_gpus_says_so_before_anything_runs(harness: ContainerHarness) -> None:
    if "nvidia" in harness.docker("info"):
        pytest.skip("this engine may have GPUs")
    call = harness.sh(COPY, "--gpus", "all", "--retries", "3")
    assert (call.code, call.out) == (2, "")
    assert "the engine has no such GPUs" in call.err
    assert "NVIDIA's container toolkit" in call.err
    assert harness.docker("ps", "-aq", "--filter", "label=ai.resim.inspect.run=gpus") == ""
