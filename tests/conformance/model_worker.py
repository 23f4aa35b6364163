"""Describes the client of one open-core release as JSON: its models, and its routes that read.

`python -I -S model_worker.py RELEASE DEPENDENCIES`: nothing of any other release is on the path.
All of it comes from the release's own classes and functions.
"""

from __future__ import annotations

import ast
import datetime
import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
import textwrap
import types
import typing
from typing import Any

sys.path[:0] = sys.argv[1:3]

import attrs  # noqa: E402 - from the dependencies

try:
    client_package = importlib.import_module("resim.sdk.client").__name__
except ImportError:
    client_package = importlib.import_module("resim_python_client").__name__

MODELS = importlib.import_module(f"{client_package}.models")
UNSET = importlib.import_module(f"{client_package}.types").Unset


def modules(package: str) -> list[types.ModuleType]:
    """All modules below a package."""
    top = importlib.import_module(package)
    names = [info.name for info in pkgutil.walk_packages(top.__path__, package + ".")]
    return [importlib.import_module(name) for name in names]


def source_of(thing: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))


def json_names(cls: type) -> dict[str, str]:
    """Names of a model's fields in JSON, by attribute: `field_dict["jobID"] = job_id`."""
    names = {}
    for node in ast.walk(source_of(cls.to_dict)):  # type: ignore[attr-defined]
        pairs: list[tuple[Any, Any]] = []
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            pairs = [(node.targets[0].slice, node.value)]
        for key, value in pairs:
            if isinstance(key, ast.Constant) and isinstance(value, ast.Name):
                names[value.id] = str(key.value)
    return names


def described(hint: Any) -> list[Any]:
    """Alternatives of a type; an unset value is none, since JSON leaves it out."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return [inner for part in typing.get_args(hint) for inner in described(part)]
    if hint is UNSET:
        return []
    if hint is type(None):
        return ["null"]
    if origin is list:
        return [{"list": described(typing.get_args(hint)[0])}]
    if origin is dict:
        return [{"values": described(typing.get_args(hint)[1])}]
    if hint is datetime.datetime:
        return ["time"]
    if hint in (str, int, float, bool):
        return [hint.__name__]
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return [{"enum": [member.value for member in hint]}]
    if attrs.has(hint):
        return [{"model": hint.__name__}]
    assert hint is typing.Any, hint
    return ["any"]


def model(cls: type) -> dict[str, Any]:
    """Fields of a model by their names in JSON, and the values of further fields."""
    hints = typing.get_type_hints(cls, {**vars(sys.modules[cls.__module__]), **vars(MODELS)})
    names = json_names(cls)
    fields = {}
    for field in attrs.fields(cls):
        if field.name != "additional_properties":
            required = field.default is attrs.NOTHING
            about = {"required": required, "types": described(hints[field.name])}
            fields[names[field.name]] = about
    more = [{"values": ["any"]}]
    if "additional_properties" in hints:
        more = described(hints["additional_properties"])
    return {"fields": fields, "more": more[0]["values"]}


def route(module: types.ModuleType) -> dict[str, str] | None:
    """URL and model of the answer 200 of a function that reads an object; else None."""
    kwargs = getattr(module, "_get_kwargs", None)
    if kwargs is None:
        return None
    values: dict[str, str] = {}
    for node in ast.walk(source_of(kwargs)):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("method", "url"):
                    template = next(
                        str(node.value)
                        for node in ast.walk(value)
                        if isinstance(node, ast.Constant)
                    )
                    values[str(key.value)] = template
    answers = [
        node.func.value.id
        for node in ast.walk(source_of(module._parse_response))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "from_dict"
        and isinstance(node.func.value, ast.Name)
        and ast.unparse(node.args[0]) == "response.json()"
    ]
    if values.get("method") != "get" or not answers:
        return None
    function = module.__name__.removeprefix(f"{client_package}.api.")
    url = re.sub(r"{\w+}", "{}", values["url"])
    return {"function": function, "url": url, "model": answers[0]}


def main() -> None:
    """Print the description."""
    classes = [
        cls
        for module in modules(f"{client_package}.models")
        for cls in vars(module).values()
        if inspect.isclass(cls) and cls.__module__ == module.__name__ and attrs.has(cls)
    ]
    routes = [
        found_route for module in modules(f"{client_package}.api") if (found_route := route(module))
    ]
    models = {cls.__name__: model(cls) for cls in classes}
    json.dump({"models": models, "routes": routes}, sys.stdout)


if __name__ == "__main__":
    main()
