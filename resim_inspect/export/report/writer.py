"""Reports as files: read job by job, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from resim_inspect.document.opening import open_document
from resim_inspect.errors import DocumentError
from resim_inspect.export.document_rows import JobFile
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.report.job_section import job_section
from resim_inspect.export.report.markup import escaped
from resim_inspect.export.report.options import LARGE_PAGES, ReportOptions, WrittenReport
from resim_inspect.export.report.overview import job_overviews, overview_html
from resim_inspect.export.report.page import Page
from resim_inspect.export.report.side_files import listed_side_files, remove_side_files
from resim_inspect.export.survey import CACHE_BYTES, Survey, survey
from resim_inspect.files import Staging
from resim_inspect.text import size

OnJob = Callable[[int, int], None]


def write_report(
    jobs: Sequence[JobFile],
    out: Path,
    title: str,
    options: ReportOptions,
    omissions: Omissions,
    *,
    on_job: OnJob | None = None,
) -> WrittenReport:
    """Write a page about one job, or one that leads with a table of several.

    Jobs that cannot be read are recorded in `omissions`. Either the page and its side files are
    there at the end or none: raises ExportError, QueryError, and OSError for a file that cannot
    be written.
    """
    job_survey = survey(jobs, options.query, omissions)
    with Staging() as staging, TemporaryFile() as stream:
        target = staging.add(out)
        page = Page(out, stream, staging, options)
        if len(jobs) == 1:
            _single(page, job_survey, job_survey.jobs[0])
        else:
            _batch(page, jobs, job_survey, omissions, on_job)
        bytes_ = page.finish(title, target)
        earlier = listed_side_files(out)
        staging.commit()
    remove_side_files(out, earlier - {file.path.name for file in page.side_files})
    return WrittenReport(
        out, bytes_, len(job_survey.jobs), page.metrics, page.side_files, _notes(bytes_)
    )


def _notes(bytes_: int) -> list[str]:
    for limit in LARGE_PAGES:
        if bytes_ >= limit:
            return [
                f"The page takes {size(bytes_)}, which is over {size(limit)}: browsers open it "
                "slowly. --metric chooses some metrics."
            ]
    return []


def _single(page: Page, job_survey: Survey, job: JobFile) -> None:
    with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
        for part in job_section(page, document, job.name, 0, job_survey.positions(job)):
            page.write(part)


def _batch(
    page: Page,
    jobs: Sequence[JobFile],
    job_survey: Survey,
    omissions: Omissions,
    on_job: OnJob | None,
) -> None:
    rows = job_overviews(jobs, job_survey, omissions)
    for part in overview_html(rows):
        page.write(part)
    done = 0
    for number, (job, row) in enumerate(zip(jobs, rows, strict=True)):
        if row.verdict is not None:
            _job_page(page, job, number, job_survey, omissions)
            done += 1
            if on_job is not None:
                on_job(done, len(job_survey.jobs))


def _job_page(
    page: Page, job: JobFile, number: int, job_survey: Survey, omissions: Omissions
) -> None:
    """Add the page of a job, which is made when it is chosen."""
    parts = ['<p><a href="#">← all jobs</a></p>']
    try:
        with open_document(job.path, cache_bytes=CACHE_BYTES) as document:
            parts += job_section(page, document, job.name, number, job_survey.positions(job))
    except DocumentError as error:
        # It was rewritten since its row was read: the other jobs are still good.
        omissions.error(job.name, error.sentence)
        parts = [parts[0], f"<h2>{escaped(job.name)}</h2><p>{escaped(error.sentence)}</p>"]
    item = page.item("".join(parts))
    page.write(
        f'<section class="job-page hidden" id="j{number}-page" '
        f'aria-label="{escaped(job.name, 200)}">'
        f'<div class="chunk" data-item="{item}"></div></section>\n'
    )
