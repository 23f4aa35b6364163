"""A result as a row, and a call as a summary: plain text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resim_inspect.document.enums import WORST_FIRST, MetricStatus
from resim_inspect.text import clean, count
from runner.workspace.results import ENDINGS, JobResult, Outcome, why_of
from runner.workspace.verdict_gate import VerdictGate, overall_verdict

_ORDER = tuple(status.name for status in WORST_FIRST)


class Row(NamedTuple):
    """A result: a mark, the job, its duration, and a text."""

    mark: str
    style: str
    """`passed`, `warn`, `block`, `error`, `quiet`."""
    job: str
    seconds: str
    text: str
    hint: str = ""


def row_of(result: JobResult, log: str = "") -> Row:
    """Return the row of a result; `log` is the path of its log, shown for failures."""
    took = f"{result.seconds:,.1f} s"
    job = clean(result.job, 60)
    if result.outcome is Outcome.CANCELLED:
        return Row("-", "quiet", job, took, clean(result.message))
    if result.outcome is not Outcome.DONE:
        where = f"  log {clean(log)}" if log and result.log_bytes else ""
        tries = f" ({result.attempts} attempts)" if result.attempts > 1 else ""
        return Row(
            "E", "error", job, took, clean(result.message) + tries + where, clean(result.hint)
        )
    status = result.status or MetricStatus.UNSET
    metrics = count(result.metrics, "metric")
    if result.emissions:
        metrics = _with_emissions(result, metrics)
        if result.status is None:
            return Row("✓", "passed", job, took, metrics)
    if not status.fails:
        text = metrics if status is MetricStatus.PASSED else f"{metrics}, {clean(status.name)}"
        return Row(status.symbol, "passed", job, took, text)
    style = "block" if status is MetricStatus.FAIL_BLOCK else "warn"
    text = f"{status.name}  {why_of(result)}".rstrip()
    if result.emissions:
        text += f"  ({metrics})"
    return Row(status.symbol, style, job, took, text)


def _with_emissions(result: JobResult, metrics: str) -> str:
    """Words about a build that emits, with or without metrics."""
    parts = [f"emissions: {clean(result.emissions, 80)}"]
    if result.metrics or result.approximate:
        parts.append(metrics)
    if result.approximate:
        parts.append("approximate: evaluated here, not by ReSim")
    return ", ".join(parts)


def unchanged_failure_row(result: JobResult, log: str) -> Row | None:
    """Return the row of a recorded result that is not good; None for others."""
    row = row_of(result, log)
    if row.style in {"passed", "quiet"}:
        return None
    return row._replace(text=f"{row.text}  (unchanged, not run again)", hint="")


def as_text(row: Row, width: int) -> str:
    """Return a row as text, the job's name padded to `width`."""
    line = f" {row.mark} {row.job:<{width}}  {row.seconds:>8}   {row.text}".rstrip()
    return f"{line}\n     {row.hint}" if row.hint else line


def summary(
    results: Sequence[JobResult],
    kept_count: int,
    gate: VerdictGate,
    last: JobResult | None = None,
    last_kept: bool = False,
) -> str:
    """Return the call in one line: the jobs by verdict and ending, then the overall verdict.

    `last` is the batch or the report, which may be all there is.
    """
    endings: Counter[Outcome] = Counter(r.outcome for r in results if r.outcome is not Outcome.DONE)
    others = {word: endings[outcome] for outcome, word in ENDINGS.items() if endings[outcome]}
    line = jobs_line([r for r in results if r.outcome is Outcome.DONE], others)
    if kept_count:
        line += f" ({kept_count:,} unchanged, not run again)"
    if last is not None:
        end = ENDINGS.get(last.outcome) or clean((last.status or MetricStatus.UNSET).name)
        end = f"{last.mode.capitalize()} {end}{' (unchanged, not run again)' * last_kept}"
        line = f"{line}. {end}" if results else end
    return f"{line}.{_overall([*results, *([last] if last else [])], gate)}"


def jobs_line(done: Sequence[JobResult], others: Mapping[str, int]) -> str:
    """Return a number of jobs by verdict, then the `others` by word: `3 jobs: 1 PASSED · 2 queued`.

    `done` are the results of the jobs that came to their end.
    """
    verdicts = Counter(map(_verdict_word, done))
    parts = [f"{verdicts[name]:,} {name}" for name in _ORDER if verdicts[name]]
    parts += [f"{n:,} {clean(name)}" for name, n in sorted(verdicts.items()) if name not in _ORDER]
    parts += [f"{number:,} {word}" for word, number in others.items()]
    total = count(len(done) + sum(others.values()), "job")
    return f"{total}: {' · '.join(parts)}" if parts else total


def _verdict_word(result: JobResult) -> str:
    if result.verdict is None and result.emissions:
        return "with emissions and no verdict"
    return result.verdict or "UNSET"


def _overall(results: Sequence[JobResult], gate: VerdictGate) -> str:
    """Return the overall verdict as the end of a summary; empty if no run left valid outputs."""
    if not any(result.outcome is Outcome.DONE for result in results):
        return ""
    overall = overall_verdict(results)
    if overall is MetricStatus.UNSET and any(result.emissions for result in results):
        return ""
    if overall is None:
        return " Overall incomplete"
    accepted = f", accepted by --fail-on {gate.fail_on}" if gate.tolerates(overall) else ""
    return f" Overall {overall.symbol} {clean(overall.name)}{accepted}"
