"""Fetching of the metrics of a batch's jobs: all of them, or an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from resim_inspect.text import clean
from runner.api.client.client import Client, Row, text_of
from runner.api.client.errors import ApiError, NotFoundError
from runner.api.client.retry import RetryPolicy
from runner.inside.errors import FetchError
from runner.inside.inputs import read_config
from runner.inside.unpacking import unpack
from runner.workspace.contract import BatchConfig, ReportConfig, parse_batch_config

CONNECTIONS = 16
JOBS_AT_ONCE = 8
"""Few, so that the URLs of a job are listed shortly before they are used: they expire."""


class Jobs(dict[UUID, Any]):
    """UnpackedMetrics by job id, in the order in which the API lists the jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.experience_names: dict[UUID, str] = {}


def fetch(config: BatchConfig | Path | str, retry: RetryPolicy | None = None) -> Jobs:
    """Fetch the metrics of every job of a batch; `config` is the config, or the path of its file.

    Raises FetchError, and InputsError for an invalid file.
    """
    if not isinstance(config, tuple):
        config = read_config(Path(config), parse_batch_config)
    with fetcher(config, retry) as source:
        return source.jobs(config.batch_id)


@contextmanager
def fetcher(
    config: BatchConfig | ReportConfig, retry: RetryPolicy | None = None
) -> Iterator[Fetcher]:
    """Yield a Fetcher for the API of a config; an ApiError becomes a FetchError."""
    try:
        client = Client(
            config.api_url,
            config.auth_token,
            config.project_id,
            connections=CONNECTIONS,
            # The scheme of the config's URL is deliberate; it holds for blobs as well.
            allow_http=config.api_url.lower().startswith("http:"),
            retry=retry,
        )
        try:
            yield Fetcher(client, config.project_id is None)
        finally:
            client.close()
    except ApiError as error:
        raise FetchError(error.reason, error.hint) from error


class Fetcher:
    """Concurrent fetching of the metrics of jobs and batches."""

    def __init__(self, client: Client, without_project: bool) -> None:
        self.client = client
        self._without_project = without_project

    def jobs(self, batch_id: UUID | str) -> Jobs:
        """Fetch the metrics of every job of a batch; raises FetchError or ApiError."""
        try:
            rows = list(self.client.jobs(batch_id))
        except NotFoundError as error:
            if not self._without_project:
                raise
            raise FetchError(
                "the config has no projectID, and the API does not find the batch without one:"
                f" {error.reason}",
                "Configs have a projectID since 2024; the cloud no longer has routes without it.",
            ) from error
        jobs = Jobs()
        ids = [listed_id(row, "job") for row in rows]

        def metrics_of(job_id: UUID) -> Any:
            return self.unpacked(
                f"job {job_id}",
                lambda: self.client.metrics(batch_id, job_id),
                lambda: self.client.metrics_data(batch_id, job_id),
            )

        with _pool(JOBS_AT_ONCE) as run:
            for job_id, unpacked in zip(ids, run(metrics_of, ids), strict=True):
                jobs[job_id] = unpacked
        for job_id, row in zip(ids, rows, strict=True):
            jobs.experience_names[job_id] = text_of(row, "experienceName")
        return jobs

    def batch(self, batch_id: UUID | str) -> Any:
        """Fetch the metrics of a batch itself as UnpackedMetrics; raises FetchError or ApiError."""
        return self.unpacked(
            f"batch {batch_id}",
            lambda: self.client.batch_metrics(batch_id),
            lambda: self.client.batch_metrics_data(batch_id),
        )

    def unpacked(
        self, owner: str, metrics: Callable[[], Iterable[Row]], data: Callable[[], Iterable[Row]]
    ) -> Any:
        """Fetch the blobs of two lists, and unpack them."""
        metric_urls = [_url(row, "metricURL", owner) for row in metrics()]
        # Other types are external files, and their URLs give the file.
        data_urls = [
            _url(row, "metricsDataURL", owner)
            for row in data()
            if row.get("metricsDataType", "STANDARD") == "STANDARD"
        ]
        with _pool(max(1, CONNECTIONS // JOBS_AT_ONCE)) as run:
            blobs = run(self.client.blob, metric_urls + data_urls)
        count = len(metric_urls)
        return unpack(blobs[:count], blobs[count:], owner)


Run = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]


@contextmanager
def _pool(threads: int) -> Iterator[Run]:
    """Yield a map function over threads; the first failure, or a signal, cancels waiting items."""
    pool = ThreadPoolExecutor(threads)

    def run(work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        futures: list[Future[Any]] = [pool.submit(work, item) for item in items]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        return [future.result() for future in futures]

    try:
        yield run
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def listed_id(row: Row, kind: str) -> UUID:
    """Id of a row of a list, whose `kind` is `job` or `batch`; raises FetchError."""
    text = text_of(row, f"{kind}ID")
    try:
        return UUID(text)
    except ValueError:
        raise FetchError(
            f'the API lists a {kind} whose id "{clean(text, 60)}" is not a valid UUID.'
        ) from None


def _url(row: Row, key: str, owner: str) -> str:
    url = text_of(row, key)
    if not url:
        name = clean(text_of(row, "name"), 120)
        raise FetchError(f'{owner}: the API lists "{name}" without {key}.')
    return url
