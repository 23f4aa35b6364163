"""The schema of metrics.binproto: our own wording, open-core's names and numbers.

`metrics_pb2.py` and `metrics_pb2.pyi` are generated from `metrics.proto` by
`make schema`, with a compiler old enough that protobuf 5.27 and every later
runtime accept the result.
"""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def _load_on_use(package: str, name: str) -> None:
    """Let a module that is not loaded yet be executed when an attribute of it is first read."""
    path = f"{package}.{name}"
    spec = None if path in sys.modules else find_spec(path)
    if spec is not None and spec.loader is not None:
        spec.loader = LazyLoader(spec.loader)
        module = sys.modules[path] = module_from_spec(spec)
        spec.loader.exec_module(module)
        # An import statement that did not find it in its package would execute it.
        setattr(sys.modules[package], name, module)


# Protobuf's messages in pure Python, with encoders, decoders and the text format: protobuf imports
# them for every generated module, and uses them only where its C extension is missing.
_load_on_use("google.protobuf.internal", "python_message")
