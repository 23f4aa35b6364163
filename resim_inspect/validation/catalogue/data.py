"""Rules about metrics data."""

from __future__ import annotations

from resim_inspect.validation.catalogue.rule import Rule
from resim_inspect.validation.findings import Severity

_E = Severity.ERROR

RULES = (
    Rule(
        "data-id",
        _E,
        "Every data has an id",
        "The id of a metrics data is a UUID.",
        (
            'data["distance"].id = "distance"',
            'metrics["Distances"].values.values = data["distance"]',
            'metrics["Path"].values.x = [data["distance"]]',
            'metrics["Last distance"].values.value = data["distance"]',
        ),
        (
            'data["distance"].id = "12345678-1234-1234-1234-123456789abc"',
            'metrics["Distances"].values.values = data["distance"]',
            'metrics["Path"].values.x = [data["distance"]]',
            'metrics["Last distance"].values.value = data["distance"]',
        ),
    ),
    Rule(
        "data-id-duplicate",
        _E,
        "No two data have the same id",
        "With the same id twice, a reference means one of the two, and nobody knows which.",
        ('data += data["labels"]', 'data[-1].name = "more labels"'),
        ('metrics["Photo"].values.image = data["photo"]',),
    ),
    Rule(
        "data-name-duplicate",
        _E,
        "No two data have the same name",
        "An empty name is a name too: one data may have it.",
        ('data["labels"].name = "distance"',),
        ('data["labels"].name = ""',),
    ),
    Rule(
        "data-type-unset",
        _E,
        "Every data says what it holds",
        "The data type tells doubles, timestamps, UUIDs, strings and statuses, indexed or not, "
        "and external files.",
        ('data["other clock"].type = unset',),
        ('data["other clock"].type = TIMESTAMP',),
    ),
    Rule(
        "file-path-missing",
        _E,
        "An external file has a path",
        "The path is relative to the folder of metrics.binproto.",
        ('data["photo"].path = ""',),
        ('data["photo"].path = "photo.png"',),
    ),
    Rule(
        "series-missing",
        _E,
        "A data holds its values in the form it says",
        "A series for each category where it is marked as per category, else one series.",
        ('data["distance"].is_per_category = true',),
        ('data["distance"].is_per_category = false',),
    ),
    Rule(
        "series-empty",
        _E,
        "A series has at least one value",
        "This holds for every category.",
        ('data["by camera"].series["rear"] = []', 'data["by camera status"].series["rear"] = []'),
        (
            'data["by camera"].series["rear"] = [0.5]',
            'data["by camera status"].series["rear"] = [PASSED]',
        ),
    ),
    Rule(
        "series-type",
        _E,
        "A series holds what the data's type says",
        "Data of the type double hold doubles, and so on.",
        ('data["height"].series = ["low", "middle", "high"]',),
        ('data["height"].series = [1, 2, 3]',),
    ),
    Rule(
        "category-names",
        _E,
        "The category names are those of the series",
        "Every category is named, and every name has a series; the order is free.",
        ('data["by camera"].category_names = ["front", "left"]',),
        ('data["by camera"].category_names = ["rear", "front"]',),
    ),
    Rule(
        "index-missing",
        _E,
        "The index of indexed data is in the file",
        "Data that is marked as indexed names its index data by id.",
        (
            'data["speed"].index = "12345678-1234-1234-1234-123456789abc"',
            'data["speed status"].index = "12345678-1234-1234-1234-123456789abc"',
        ),
        ('data["speed"].index = data["clock"]', 'data["speed status"].index = data["clock"]'),
    ),
    Rule(
        "index-type",
        _E,
        "Indexed data says the type of its index rightly",
        "index_data_type repeats the data type of the index.",
        (
            'data["speed"].index_type = INDEXED_TIMESTAMP',
            'data["speed status"].index_type = INDEXED_TIMESTAMP',
        ),
        ('data["speed"].index_type = TIMESTAMP', 'data["speed status"].index_type = TIMESTAMP'),
    ),
    Rule(
        "index-form",
        _E,
        "Data and index have the same form",
        "Both are one series, or both are one series for each of the same categories.",
        (
            'data["speed"].index = data["clock by camera"]',
            'data["speed status"].index = data["clock by camera"]',
        ),
        ('data["speed"].index = data["clock"]', 'data["speed status"].index = data["clock"]'),
    ),
    Rule(
        "index-length",
        _E,
        "The index has one value for each value",
        "Data and index are equally long, category by category.",
        ('data["clock"].series = [0, 1]',),
        ('data["clock"].series = [0, 1, 2]',),
    ),
)
