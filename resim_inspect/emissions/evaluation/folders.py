"""Evaluation of the emissions of one outputs folder, and its document for those who open it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from resim_inspect.document.discovery import EMISSIONS_SUFFIX, METRICS_FILE
from resim_inspect.emissions.config import find_config, load_config
from resim_inspect.emissions.config.model import TEMPLATE_FOLDER
from resim_inspect.emissions.evaluation.child_process import CancelledEvaluationError
from resim_inspect.emissions.evaluation.config_metrics import select_metrics, topic_schemas
from resim_inspect.emissions.evaluation.errors import MissingExtraError
from resim_inspect.emissions.evaluation.evaluator import Evaluation, evaluate_metrics
from resim_inspect.emissions.evaluation.topic_data import topics_document
from resim_inspect.emissions.evaluation.topic_tables import JobEmissions, JobIdentity
from resim_inspect.emissions.reader import emissions_files, read_emissions
from resim_inspect.errors import InspectError, UnreadableError
from resim_inspect.files import is_file, is_folder

if TYPE_CHECKING:
    from resim_inspect.emissions.config.model import Config

CACHED = 4
"""Evaluated documents that are kept: a command may open the same one several times."""
_Signature = tuple[tuple[str, int, int], ...]


def identity_of(folder: Path) -> JobIdentity:
    """Return ids for a job of which only the folder is known, derived from its path."""
    own = uuid5(NAMESPACE_URL, "resim-emissions:" + str(folder.resolve()))
    name = folder.resolve().parent.name if folder.name == "outputs" else folder.resolve().name
    batch, project = uuid5(own, "batch"), uuid5(own, "project")
    return JobIdentity(str(own), str(batch), str(project), name)


def job_of(paths: Sequence[Path], folder: Path) -> JobEmissions:
    """Read the emissions files of one folder; raises UnreadableError."""
    return JobEmissions(identity_of(folder), read_emissions(list(paths)), folder)


def evaluate_job(
    job: JobEmissions,
    config: Config,
    *,
    with_topics: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Evaluate the metrics of one job. Raises EvaluationError and CancelledEvaluationError."""
    return evaluate_metrics(
        [job],
        select_metrics(config, "test"),
        topic_schemas(config),
        folder=job.folder,
        seed=job.identity.job_id,
        with_topics=with_topics,
        cancelled=cancelled,
    )


def _never() -> bool:
    return False


def document_of(
    path: Path, cancelled: Callable[[], bool] = _never, *, with_topics: bool = False
) -> bytes | None:
    """Return the document for `metrics.binproto` of a folder with emissions, or for one file.

    It is evaluated if a config is found, and otherwise has the topics as data; `with_topics` has
    them in both cases. None without emissions; raises UnreadableError for those that cannot be
    evaluated, or once `cancelled` returns True.
    """
    files = _files(path)
    if not files:
        return None
    try:
        configs = find_config(path.parent)
        state = _signature([*files, *configs, *_templates(configs)])
        return _document(tuple(files), configs, state, cancelled, with_topics)
    except UnreadableError:
        raise
    except CancelledEvaluationError as error:
        raise UnreadableError("was not evaluated to its end", path) from error
    except (InspectError, OSError) as error:
        raise UnreadableError(f"cannot be evaluated: {error}", path) from error


def sources_of(path: Path) -> list[Path]:
    """Return the files that `document_of` reads, but for media: emissions, config, templates.

    Without the config if the project file is faulty.
    """
    try:
        configs = find_config(path.parent)
        return [*_files(path), *configs, *_templates(configs)]
    except (InspectError, OSError):
        return list(_files(path))


def _files(path: Path) -> Sequence[Path]:
    """The emissions of a folder by the path of its metrics file, or one file of them."""
    if path.name.endswith(EMISSIONS_SUFFIX):
        return [path] if is_file(path) else []
    if path.name == METRICS_FILE and is_folder(path.parent):
        return emissions_files(path.parent)
    return []


@lru_cache(maxsize=CACHED)
def _document(
    files: tuple[Path, ...],
    configs: tuple[Path, ...],
    _: _Signature,
    cancelled: Callable[[], bool],
    with_topics: bool,
) -> bytes:
    job = job_of(files, files[0].parent)
    if not configs:
        return topics_document(job)
    try:
        config = load_config(configs)
        return evaluate_job(job, config, with_topics=with_topics, cancelled=cancelled).data
    except MissingExtraError as error:
        return topics_document(job, str(error))


def _templates(configs: Sequence[Path]) -> list[Path]:
    return [
        template
        for config in configs
        for template in sorted((config.parent / TEMPLATE_FOLDER).rglob("*"))
    ]


def _signature(paths: Sequence[Path]) -> _Signature:
    """State of files; equal ones give equal documents. Raises OSError."""
    stats = [(path, path.stat()) for path in paths]
    return tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats)
