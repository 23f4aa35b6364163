"""Rendering of Liquid templates by python-liquid, the only module that imports it: a process.

What is known of the server's engine holds here too: a filter that it does not have, such as
`json`, returns its input, and a variable that is assigned within a loop is lost with the pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from liquid import Environment, RenderContext
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import LiquidError

from resim_inspect.emissions.evaluation.columns import unpack
from resim_inspect.emissions.evaluation.frames import Frame
from resim_inspect.emissions.evaluation.processes.sandbox import Reply, serve

_MAX_LOOP_PASSES = 50_000_000


class _Pass:
    """The block of a loop, which begins each pass with the variables from before the loop."""

    def __init__(self, block: Any, before: Mapping[str, object]) -> None:
        self.block = block
        self.blank = block.blank
        self.before = before

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        restore(context, self.before)
        return int(self.block.render(context, buffer))


def restore(context: RenderContext, before: Mapping[str, object]) -> None:
    """Undo all assignments since `before`."""
    context.locals.clear()
    context.locals.update(before)


class ServerForNode(ForNode):
    """A loop of which no assignment remains."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        before = dict(context.locals)
        block: Any = _Pass(self.block, before)
        node = ForNode(self.token, self.expression, block, self.default)
        try:
            return node.render_to_output(context, buffer)
        finally:
            restore(context, before)


class ServerForTag(ForTag):
    """The tag `for` as above."""

    node_class = ServerForNode


class RenderProcess:
    """Renders one template after another; nothing of one is left for the next."""

    def answer(self, frame: Frame) -> Reply:
        """Render a template with one array for each column, named by its alias."""
        table = unpack(frame)
        values = {column.name: column.python() for column in table.columns}

        class LimitedEnvironment(Environment):
            output_stream_limit = int(frame.header["output_bytes"])
            loop_iteration_limit = _MAX_LOOP_PASSES

        environment = LimitedEnvironment(strict_filters=False)
        environment.add_tag(ServerForTag)
        try:
            text = environment.from_string(frame.header["template"]).render(**values)
        except LiquidError as error:
            line, column = _position(error)
            reply = {"error": _message(error), "line": line, "column": column}
            return reply, []
        except RecursionError:
            return {"error": "it is nested too deeply", "line": 0, "column": 0}, []
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- else the process ends, as if out of memory
            # A filter of python-liquid that does not expect the value, such as `round` of NaN.
            text = str(error).partition("\n")[0] or type(error).__name__
            return {"error": text, "line": 0, "column": 0}, []
        return {}, [text.encode("utf-8", "replace")]


def _message(error: LiquidError) -> str:
    text = str(error.args[0]) if error.args else type(error).__name__
    return text.partition("\n")[0]


def _position(error: LiquidError) -> tuple[int, int]:
    context = error.context()
    return (context[0], context[1]) if context is not None else (0, 0)


if __name__ == "__main__":
    serve(RenderProcess().answer)
