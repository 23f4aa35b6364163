"""Checks of `doctor` for an executor: its scheduler, workers, versions, dashboards, storage."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import NamedTuple

from resim_inspect.text import clean, count
from runner.engines.checks import Check, failed
from runner.errors import RunnerError
from runner.executors.address import SchedulerAddress, worker_command
from runner.storage.store_check import check_usable

OWN_PACKAGE = "resim_inspect"
"""Package whose version must be the same; a worker with another one refuses every job."""
COMPARED = (OWN_PACKAGE, "distributed", "python")
DASHBOARD_TIMEOUT = 1.0
"""Seconds that a dashboard has for a connection."""
MAX_DASHBOARDS = 20
OTHER_LOOPBACK = "127.0.0.2"
"""Address of this machine that answers only for a server on all addresses, on Linux."""


class Member(NamedTuple):
    """A worker, or the scheduler: its address, and what it says of itself."""

    address: str
    slots: int
    versions: Mapping[str, str]
    dashboard: int
    """Port of its web server; 0 without one."""


class ClusterSurvey(NamedTuple):
    """The members of a cluster, and the versions of packages in this process."""

    scheduler: Member
    workers: tuple[Member, ...]
    versions: Mapping[str, str]


def check_executor(address: SchedulerAddress, ask: Callable[[], ClusterSurvey]) -> Iterator[Check]:
    """Check the scheduler of an executor and its workers, which `ask` returns, or RunnerError."""
    try:
        survey = ask()
    except RunnerError as error:
        yield failed("executor", error, needed=True)
        return
    yield _check_workers(address, survey)
    yield from _check_versions(survey)
    yield from _check_dashboards([survey.scheduler, *survey.workers])


def check_storage(url: str) -> Iterator[Check]:
    """Check that a storage takes a file, gives it back, and creates one exclusively."""
    try:
        is_exclusive = check_usable(url)
    except RunnerError as error:
        yield failed("storage", error, needed=True)
        return
    shown = clean(url, 120)
    if is_exclusive:
        yield Check("ok", "storage", f"{shown} can be written, read and cleaned")
    else:
        text = f"{shown} has no exclusive creation, so a job may run on two workers at once"
        yield Check("warning", "storage", text)


def _check_workers(address: SchedulerAddress, survey: ClusterSurvey) -> Check:
    slots = sum(worker.slots for worker in survey.workers)
    without = sum(not worker.slots for worker in survey.workers)
    text = (
        f"{address.url} answers, with {count(len(survey.workers), 'worker')} and room for"
        f" {count(slots, 'job')} at once"
    )
    start = f"Start one with `{worker_command(address.url)}`."
    if not slots:
        return Check("error", "executor", f"{text}: jobs would wait", start)
    if without:
        return Check("warning", "executor", f"{text}; {without} without the resource resim", start)
    return Check("ok", "executor", text)


def _check_versions(survey: ClusterSurvey) -> Iterator[Check]:
    differing = False
    for package in COMPARED:
        own = survey.versions.get(package, "")
        others = [member.versions.get(package, "") for member in survey.workers]
        if package != OWN_PACKAGE:
            others.append(survey.scheduler.versions.get(package, ""))
        counts = Counter(other for other in others if other != own)
        if not counts:
            continue
        differing = True
        shown = ", ".join(
            f"{version or 'none'} on {number}" for version, number in sorted(counts.items())
        )
        name = package.replace("_", "-")
        text = f"{name} is {own} here, and {clean(shown, 200)} of {len(others)} processes"
        needed = package == OWN_PACKAGE
        hint = "Workers with another version refuse every job." if needed else ""
        yield Check("error" if needed else "warning", "versions", text, hint)
    if survey.workers and not differing:
        yield Check(
            "ok", "versions", "the same on all workers: " + ", ".join(COMPARED).replace("_", "-")
        )


def _check_dashboards(members: Iterable[Member]) -> Iterator[Check]:
    members = [member for member in members if member.dashboard][:MAX_DASHBOARDS]
    exposed = [member for member in members if is_exposed(member)]
    if exposed:
        names = ", ".join(f"{_host(m)}:{m.dashboard}" for m in exposed[:5])
        yield Check(
            "warning",
            "dashboard",
            f"{count(len(exposed), 'web server')} of Dask can be reached from other machines:"
            f" {clean(names, 200)}",
            "They ask for no password: start the processes with --dashboard-address 127.0.0.1:0.",
        )
    elif members:
        yield Check("ok", "dashboard", "no web server of Dask can be reached from other machines")


def is_exposed(member: Member) -> bool:
    """Return True if a web server answers on an address that other machines can reach.

    A member on the loopback of this machine is asked by another address of it.
    """
    host = _host(member)
    try:
        host = OTHER_LOOPBACK if ip_address(host).is_loopback else host
    except ValueError:
        host = OTHER_LOOPBACK if host == "localhost" else host
    try:
        socket.create_connection((host, member.dashboard), DASHBOARD_TIMEOUT).close()
    except OSError:
        return False
    return True


def _host(member: Member) -> str:
    return member.address.partition("://")[2].rpartition(":")[0].strip("[]")
