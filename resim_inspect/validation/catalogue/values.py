"""Rules about the values of metrics."""

from __future__ import annotations

from resim_inspect.validation.catalogue.rule import Rule
from resim_inspect.validation.findings import Severity

_E = Severity.ERROR

RULES = (
    Rule(
        "values-count",
        _E,
        "The lists of a metric are equally long",
        "Values, statuses and, by type, failure definitions, times and categories come one for "
        "each series.",
        ('metrics["Speed"].values.failure_definitions = []',),
        ('metrics["Speed"].values.failure_definitions = [{"fails_above": 40}]',),
    ),
    Rule(
        "data-missing",
        _E,
        "The data that a metric refers to is in the file",
        "Data are found by their id, which is compared as text: the same UUID in another case "
        "or with braces is not found.",
        ('metrics["Photos"].values.images = ["12345678-1234-1234-1234-123456789abc"]',),
        ('metrics["Photos"].values.images = [data["photo"]]',),
    ),
    Rule(
        "values-data-type",
        _E,
        "The values are of a type that the metric can show",
        "Over time: indexed doubles. Bars: indexed doubles. States: indexed strings. Line plots "
        "and histograms: doubles, indexed or not. A summary at a time, UUID or string: indexed "
        "doubles.",
        (
            'metrics["Distances"].values.values = data["labels"]',
            'metrics["Distances"].values.statuses = data["two statuses"]',
        ),
        ('metrics["Distances"].values.values = data["distance"]',),
    ),
    Rule(
        "status-data-type",
        _E,
        "The statuses are statuses, indexed exactly if the values are",
        "Indexed values need indexed statuses, others need plain ones.",
        ('metrics["Distances"].values.statuses = data["height"]',),
        ('metrics["Distances"].values.statuses = data["distance status"]',),
    ),
    Rule(
        "status-index",
        _E,
        "Values and statuses have the same index",
        "Both must name the same index data, by the same id.",
        ('data["speed status"].index = data["other clock"]',),
        ('data["speed status"].index = data["clock"]',),
    ),
    Rule(
        "index-data-type",
        _E,
        "The index is of a type that the metric can show",
        "Over time: timestamps. Bar charts: strings. Batchwise bar charts: UUIDs. A line plot: "
        "timestamps. A summary: what its own index is.",
        (
            'metrics["Path"].values.x = [data["detections"]]',
            'metrics["Path"].values.y = [data["detections"]]',
            'metrics["Path"].values.statuses = [data["detections status"]]',
        ),
        (
            'metrics["Path"].values.x = [data["speed"]]',
            'metrics["Path"].values.y = [data["speed"]]',
            'metrics["Path"].values.statuses = [data["speed status"]]',
        ),
    ),
    Rule(
        "values-status-form",
        _E,
        "Values and statuses have the same form",
        "Both are one series, or both are one series for each of the same categories.",
        ('metrics["Camera mean"].values.status = data["distance status"]',),
        ('metrics["Camera mean"].values.status = data["by camera status"]',),
    ),
    Rule(
        "values-status-length",
        _E,
        "There is one status for each value",
        "Values and statuses are equally long, category by category.",
        ('data["distance status"].series = [PASSED, PASSED]',),
        ('data["distance status"].series = [PASSED, PASSED, PASSED]',),
    ),
    Rule(
        "color-invalid",
        _E,
        "Colours are #rrggbb or #rrggbbaa",
        "Six or eight hexadecimal digits behind a number sign; names are not understood.",
        ('metrics["Pass rate"].values.colors = ["red"]',),
        ('metrics["Pass rate"].values.colors = ["#cc2200"]',),
        since="0.2.0",
    ),
    Rule(
        "project-id",
        _E,
        "A batchwise bar chart has a project id",
        "The project id is a UUID.",
        ('metrics["Pass rate"].values.project_id = unset',),
        ('metrics["Pass rate"].values.project_id = job_id',),
        since="0.3.0",
    ),
    Rule(
        "states-set",
        _E,
        "Every state is of the set of states",
        "The set lists every state that the metric can be in, also those of one sample only.",
        ('metrics["Mode"].values.states_set = ["cruise", "taxi"]',),
        ('metrics["Mode"].values.states_set = ["cruise", "land", "taxi"]',),
    ),
    Rule(
        "failure-states",
        _E,
        "Failure states are of the set of states",
        "A failure state that no sample can have is most likely misspelt.",
        ('metrics["Mode"].values.failure_states = ["crash"]',),
        ('metrics["Mode"].values.failure_states = ["land"]',),
    ),
    Rule(
        "histogram-buckets",
        _E,
        "A histogram has buckets, and each goes upwards",
        "The lower end of a bucket is below its upper end; an end that is left out counts as 0.",
        ('metrics["Distances"].values.buckets = []',),
        (
            'metrics["Distances"].values.buckets = '
            '[{"lower": 0, "upper": 3}, {"lower": 3, "upper": 4}]',
        ),
    ),
    Rule(
        "histogram-gap",
        _E,
        "Each bucket begins where the one before it ends",
        "Gaps and overlaps are rejected; the numbers are compared exactly.",
        ('metrics["Distances"].values.buckets[1].lower = 2.5',),
        ('metrics["Distances"].values.buckets[1].lower = 2',),
    ),
    Rule(
        "histogram-bounds",
        _E,
        "The buckets cover the histogram from bound to bound",
        "The first bucket begins at the lower bound and the last one ends at the upper bound.",
        ('metrics["Distances"].values.upper_bound = 5',),
        ('metrics["Distances"].values.upper_bound = 4',),
    ),
    Rule(
        "scalar-missing",
        _E,
        "A scalar has a value",
        "Zero is a value; unset is not.",
        ('metrics["Max speed"].values.value = unset',),
        ('metrics["Max speed"].values.value = 0',),
    ),
    Rule(
        "scalar-nan",
        _E,
        "The value of a scalar is not NaN",
        "Releases before 0.10.0 let it pass.",
        ('metrics["Max speed"].values.value = NaN',),
        ('metrics["Max speed"].values.value = 44.7',),
        since="0.10.0",
    ),
    Rule(
        "plotly-missing",
        _E,
        "A plotly metric has a figure",
        "An empty figure passes ReSim's validator, no figure does not.",
        ('metrics["Figure"].values.figure = unset',),
        ('metrics["Figure"].values.figure = {"data": [{"x": [1], "y": [2]}]}',),
    ),
    Rule(
        "text-empty",
        _E,
        "A text metric has a text",
        "Any text will do.",
        ('metrics["Summary"].values.text = ""',),
        ('metrics["Summary"].values.text = "All went well."',),
        since="0.3.3",
    ),
    Rule(
        "image-list-empty",
        _E,
        "An image list has images",
        "A list of images names at least one.",
        ('metrics["Photos"].values.images = []',),
        ('metrics["Photos"].values.images = [data["photo"]]',),
        since="0.5.0",
    ),
    Rule(
        "image-type",
        _E,
        "An image is an external file",
        "Images refer to data of the type external file, which names a file beside "
        "metrics.binproto.",
        ('metrics["Photos"].values.images = [data["labels"]]',),
        ('metrics["Photos"].values.images = [data["photo"]]',),
    ),
)
