"""`resim-inspect evaluate`: emissions and their config as metrics, without a server."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError, checked_bounds
from resim_inspect.commands.evaluate_output import EvaluatedJob, text_lines, write_json
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, Limits
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import is_folder
from resim_inspect.schemas.window import add_window_arguments
from resim_inspect.terminal import use_color
from resim_inspect.text import BATCH_NAME, clean, count, size
from resim_inspect.validation.findings import Severity
from resim_inspect.validation.formats import sentence

if TYPE_CHECKING:
    from resim_inspect.emission_jobs import EmissionJobs, JobFolder
    from resim_inspect.emissions.config.model import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `evaluate`."""
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        help="an outputs folder with emissions (*.resim.jsonl), one such file, or a workspace",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="the config; may be given several times (default: that of the project file, else "
        "config.resim.yml beside the emissions or in .resim/metrics/ of a folder above)",
    )
    parser.add_argument(
        "--metrics-set", metavar="NAME", default="", help="only the metrics of this set, in order"
    )
    parser.add_argument(
        "--scope",
        choices=("test", "batch"),
        help="the metrics of each job (test), or those over all jobs of a workspace (batch, which "
        "is the default for one)",
    )
    parser.add_argument(
        "--time-limit",
        metavar="SECONDS",
        type=_seconds,
        default=DEFAULT_LIMITS.total_seconds,
        help="time for all queries and templates of a job, or of a batch, together; the metrics "
        "that are left then are not evaluated (default: 600)",
    )
    parser.add_argument(
        "-o", metavar="FILE", dest="out", type=Path, help="write the metrics to a metrics.binproto"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="output format (default: text)"
    )
    add_window_arguments(parser, "row", "metrics, then findings, of each job; errors of the config")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"{clean(text, 40)!r} is not a number of seconds above 0")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Evaluate. 0: all is evaluated; 1: a metric or the config has an error; 2: nothing is."""
    from resim_inspect.emission_jobs import find_jobs
    from resim_inspect.emissions.evaluation.errors import require_extra

    bounds = checked_bounds(args)
    require_extra()
    emission_jobs = find_jobs(args.path)
    scope = args.scope or ("batch" if emission_jobs.is_batch else "test")
    config = _config(args.config, emission_jobs.folder)
    if args.out is not None:
        _check_out(args.out, single=scope == "batch" or len(emission_jobs.jobs) == 1)
    jobs = []
    limits = replace(DEFAULT_LIMITS, total_seconds=args.time_limit)
    for job in _evaluated(emission_jobs, scope, config, args.metrics_set, limits):
        if args.out is not None:
            job = job._replace(output=args.out)
            _write(args.out, job)
        jobs.append(job)
        if args.format == "text":
            _print(job, use_color(args.color, sys.stdout))
    failed = {
        metric.spec.name for job in jobs for metric in job.evaluation.metrics if metric.failed
    }
    faults = config_errors(config, failed)
    if args.format == "json":
        write_json(sys.stdout, bounds, jobs, config, scope, faults)
    for line in faults:
        sys.stderr.write(f"resim-inspect: {clean(line)}\n")
    _report_lines(jobs, args.path)
    return ExitCode.INVALID if failed or faults else ExitCode.OK


def config_errors(config: Config, failed: Collection[str]) -> list[str]:
    """Return the errors of a config, each as a sentence with its place.

    Those about metrics that could not be evaluated (`failed`) are left out: they were reported.
    """
    from resim_inspect.emissions.config.model import where
    from resim_inspect.emissions.linting import lint

    reported = [where(("metrics", name)) for name in failed]
    return [
        f"{finding.where} {sentence(finding.message)} {finding.hint}".rstrip()
        for findings in lint(config).values()
        for finding in findings
        if finding.severity is Severity.ERROR
        and not any(location in finding.where for location in reported)
    ]


def _config(paths: Sequence[Path], folder: Path) -> Config:
    from resim_inspect.emissions.config import find_config, load_config

    files = tuple(paths) or find_config(folder)
    if not files:
        raise CommandError(
            f"no config was found for {folder}: name it with --config, or put it into "
            ".resim/metrics/config.resim.yml of the project"
        )
    return load_config(files)


def _evaluated(
    emission_jobs: EmissionJobs, scope: str, config: Config, metrics_set: str, limits: Limits
) -> Iterator[EvaluatedJob]:
    from resim_inspect.emissions.evaluation.config_metrics import select_metrics, topic_schemas
    from resim_inspect.emissions.evaluation.evaluator import evaluate_metrics

    specs = select_metrics(config, scope, metrics_set)
    if not specs:
        of_set = f' in the set "{clean(metrics_set, 80)}"' if metrics_set else ""
        raise CommandError(f"the config has no metric of the scope {scope}{of_set}")
    groups = [emission_jobs.jobs] if scope == "batch" else [(job,) for job in emission_jobs.jobs]
    for group in groups:
        jobs = [_placed(job, scope, emission_jobs).read() for job in group]
        folder = emission_jobs.folder if scope == "batch" else group[0].folder
        identity = group[0].identity
        evaluation = evaluate_metrics(
            jobs,
            specs,
            topic_schemas(config),
            folder=folder,
            seed=identity.batch_id if scope == "batch" else identity.job_id,
            with_events=scope == "test",
            limits=limits,
        )
        yield EvaluatedJob(
            BATCH_NAME if scope == "batch" else group[0].name,
            folder,
            sum(job.emissions.rows for job in jobs),
            len({topic for job in jobs for topic in job.emissions.topics}),
            sum(fault.count for job in jobs for fault in job.emissions.faults),
            evaluation,
        )


def _placed(job: JobFolder, scope: str, emission_jobs: EmissionJobs) -> JobFolder:
    """The media of a job lie in the folder of its own document, or below that of the batch."""
    return job if scope == "batch" and emission_jobs.is_batch else job._replace(media_prefix="")


def _check_out(out: Path, *, single: bool) -> None:
    if not single:
        raise CommandError("-o takes the metrics of one job or of a batch: name one job's outputs")
    if is_folder(out):
        raise CommandError(f"{out} is a folder; name a file in it")


def _write(out: Path, job: EvaluatedJob) -> None:
    from resim_inspect.files import write_whole

    try:
        write_whole(out, job.evaluation.data)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror or error}") from error
    if out.absolute().parent != job.folder.absolute():
        sys.stderr.write(
            f"note: images are looked up beside {clean(str(out))}; those of the emissions are in "
            f"{clean(str(job.folder))}\n"
        )


def _print(job: EvaluatedJob, color: bool) -> None:
    for line in text_lines(job, color):
        sys.stdout.write(line + "\n")
    if job.output is not None:
        written = size(len(job.evaluation.data))
        sys.stdout.write(f"{clean(str(job.output))}: {written}, {APPROXIMATE_NOTE}\n")


def _report_lines(jobs: Sequence[EvaluatedJob], path: Path) -> None:
    lines = sum(job.unusable_lines for job in jobs)
    if lines:
        sys.stderr.write(
            f"note: the emissions have {count(lines, 'line')} with a fault; "
            f"`resim-inspect validate {clean(str(path))}` lists the faults\n"
        )
