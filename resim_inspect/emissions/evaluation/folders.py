"""Evaluation of the emissions of one outputs folder, and its document for those who open it."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from resim_inspect.derived import READING, UNOBSERVED, Control, Progress
from resim_inspect.document.discovery import EMISSIONS_SUFFIX, METRICS_FILE
from resim_inspect.emissions.config import find_config, load_config
from resim_inspect.emissions.config.model import TEMPLATE_FOLDER
from resim_inspect.emissions.evaluation.config_metrics import select_metrics, topic_schemas
from resim_inspect.emissions.evaluation.errors import MissingEvaluationExtraError
from resim_inspect.emissions.evaluation.evaluator import Evaluation, evaluate_metrics
from resim_inspect.emissions.evaluation.kept_results import RETRY_SECONDS, KeptResults
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, Limits
from resim_inspect.emissions.evaluation.processes.child_process import CancelledEvaluationError
from resim_inspect.emissions.evaluation.topic_data import topics_document
from resim_inspect.emissions.evaluation.topic_tables import JobEmissions, JobIdentity
from resim_inspect.emissions.reader import emissions_files, read_emissions
from resim_inspect.errors import InspectError, UnreadableError
from resim_inspect.files import file_states, is_file, is_folder

if TYPE_CHECKING:
    from resim_inspect.emissions.config.model import Config

CACHED = 4
"""Evaluated documents that are kept: a command may open the same one several times."""
_documents: OrderedDict[Hashable, tuple[bytes, float]] = OrderedDict()
"""Documents, each with the time until which it is kept."""
_documents_lock = threading.Lock()
_kept = KeptResults()
"""Results of the queries of all documents: a row that is appended changes those of its topic."""


def identity_of(folder: Path) -> JobIdentity:
    """Return ids for a job of which only the folder is known, derived from its path."""
    own = uuid5(NAMESPACE_URL, "resim-emissions:" + str(folder.resolve()))
    name = folder.resolve().parent.name if folder.name == "outputs" else folder.resolve().name
    batch, project = uuid5(own, "batch"), uuid5(own, "project")
    return JobIdentity(str(own), str(batch), str(project), name)


def job_of(paths: Sequence[Path], folder: Path, control: Control = UNOBSERVED) -> JobEmissions:
    """Read the emissions files of one folder.

    Raises UnreadableError and CancelledEvaluationError.
    """

    def progress(done: int, total: int) -> None:
        control.progress(Progress(READING, done, total))
        if control.is_cancelled():
            raise CancelledEvaluationError

    return JobEmissions(identity_of(folder), read_emissions(list(paths), progress), folder)


def evaluate_job(
    job: JobEmissions,
    config: Config,
    *,
    with_topics: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    control: Control = UNOBSERVED,
    kept_results: KeptResults | None = None,
) -> Evaluation:
    """Evaluate the metrics of one job. Raises EvaluationError and CancelledEvaluationError."""
    return evaluate_metrics(
        [job],
        select_metrics(config, "test"),
        topic_schemas(config),
        folder=job.folder,
        seed=job.identity.job_id,
        with_topics=with_topics,
        limits=limits,
        control=control,
        kept_results=kept_results,
    )


def document_of(
    path: Path, control: Control = UNOBSERVED, *, with_topics: bool = False
) -> bytes | None:
    """Return the document for `metrics.binproto` of a folder with emissions, or for one file.

    It is evaluated if a config is found, and otherwise has the topics as data; `with_topics` has
    them in both cases. Queries of which neither the text nor a topic has changed are not run
    again. None without emissions; raises UnreadableError for those that cannot be evaluated, or
    if `control` gives the evaluation up.
    """
    files = _files(path)
    if not files:
        return None
    try:
        configs = find_config(path.parent)
        # An editor may leave a dangling link between the templates, or remove a file meanwhile.
        state = file_states([*files, *configs, *_templates(configs)])
        key = (tuple(files), configs, state, with_topics)
        document = _document(key)
        if document is None:
            document, is_final = _made(tuple(files), configs, control, with_topics)
            # Of one that was stopped, the rest may be wanted later.
            if is_final or not control.is_stopped():
                end = math.inf if is_final else monotonic() + RETRY_SECONDS
                _keep_document(key, document, end)
        return document
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


def _document(key: Hashable) -> bytes | None:
    with _documents_lock:
        document, end = _documents.get(key, (None, math.inf))
        if document is None or monotonic() > end:
            return None
        _documents.move_to_end(key)
        return document


def _keep_document(key: Hashable, document: bytes, end: float) -> None:
    with _documents_lock:
        _documents[key] = (document, end)
        while len(_documents) > CACHED:
            _documents.popitem(last=False)


def _made(
    files: tuple[Path, ...], configs: tuple[Path, ...], control: Control, with_topics: bool
) -> tuple[bytes, bool]:
    """Evaluate a document; returns with it `Evaluation.is_final`."""
    job = job_of(files, files[0].parent, control)
    if not configs:
        return topics_document(job), True
    try:
        evaluation = evaluate_job(
            job, load_config(configs), with_topics=with_topics, control=control, kept_results=_kept
        )
    except MissingEvaluationExtraError as error:
        return topics_document(job, str(error)), True
    return evaluation.data, evaluation.is_final


def _templates(configs: Sequence[Path]) -> list[Path]:
    return [
        template
        for config in configs
        for template in sorted((config.parent / TEMPLATE_FOLDER).rglob("*"))
    ]
