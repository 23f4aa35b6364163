"""Rules about states over time: every state is of the set, and so are the failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.rules.times import check_clocks
from resim_inspect.validation.rules.value_status_pairs import check_pair, same_counts

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

STATES_SET = Rule(
    "states-set",
    Severity.ERROR,
    "Every state is of the set of states",
    "The set lists every state that the metric can be in, also those of one sample only.",
    ('metrics["Mode"].values.states_set = ["cruise", "taxi"]',),
    ('metrics["Mode"].values.states_set = ["cruise", "land", "taxi"]',),
)
FAILURE_STATES = Rule(
    "failure-states",
    Severity.ERROR,
    "Failure states are of the set of states",
    "A failure state that no sample can have is most likely misspelled.",
    ('metrics["Mode"].values.failure_states = ["crash"]',),
    ('metrics["Mode"].values.failure_states = ["land"]',),
)

_INDEXED_STRING = frozenset((schema_constants.INDEXED_STRING,))


def check_states(context: Context, position: int, values: pb.StatesOverTimeMetricValues) -> None:
    """Check the pairs of states and statuses, and the states themselves."""
    states = values.states_over_time_data_id
    statuses = values.statuses_over_time_data_id
    if len(states) != len(statuses):
        same_counts(context, position, {"states": len(states), "statuses": len(statuses)})
    if len(states) > 1:
        check_clocks(context, position, states, "states")
    known = frozenset(values.states_set)
    for index, (state_id, status_id) in enumerate(zip(states, statuses, strict=False)):
        check_pair(
            context,
            position,
            (state_id, "states", index),
            (status_id, "statuses", index),
            _INDEXED_STRING,
            schema_constants.TIMES,
        )
        entry = context.data_by_id.get(state_id.id.data)
        if entry is not None:
            unknown = strings_of(context, entry) - known
            if unknown:
                field = f"states[{index}]"
                _not_in_set(context, position, field, entry, sorted(unknown), known)
    # ReSim looks at them once a series; without a series it does not look.
    failures = [state for state in dict.fromkeys(values.failure_states) if state not in known]
    if failures and states:
        context.report(
            FAILURE_STATES,
            Target("metric", position),
            context.metric_place(position) + ".values.failure_states",
            f"{_listed(failures)} not in the set of states: {_listed(sorted(known))}",
            "Add it to the set of states, or drop it.",
        )


def strings_of(context: Context, entry: DataState) -> frozenset[str]:
    """Distinct strings of a data, over all categories."""
    known = context.strings.get(entry.position)
    if known is None:
        strings: set[str] = set()
        message = context.of(entry)
        if entry.holds == "series":
            strings.update(message.series.strings.series)
        elif entry.holds == "series_per_category":
            for series in message.series_per_category.category_to_series.values():
                strings.update(series.strings.series)
        known = context.strings[entry.position] = frozenset(strings)
    return known


def _not_in_set(
    context: Context,
    position: int,
    field: str,
    entry: DataState,
    unknown: list[str],
    known: frozenset[str],
) -> None:
    context.report(
        STATES_SET,
        Target("metric", position),
        f"{context.metric_place(position)}.values.{field}",
        f"{quoted(entry.name)} has {_listed(unknown)}, which the set of states lacks: "
        f"{_listed(sorted(known))}",
        "Add every state that occurs to the set.",
        (position, tuple(unknown)),
    )


def _listed(texts: list[str]) -> str:
    if not texts:
        return "(empty)"
    more = f" and {len(texts) - 5:,} more" if len(texts) > 5 else ""
    return ", ".join(quoted(text) for text in texts[:5]) + more
