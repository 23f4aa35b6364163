"""Entry point of `resim-inspect` and of `python -m resim_inspect`.

Ctrl-C ends the program with its exit code from the first line on; see `interruption`.
"""

import gc
import os

try:
    # Collections would cost a tenth of the imports; the work of a command begins with them.
    gc.disable()
    from resim_inspect.interruption import exit_on_interrupt

    exit_on_interrupt()
except (KeyboardInterrupt, RuntimeError):
    # The making of an enumeration wraps an interruption in a RuntimeError.
    os._exit(130)

from resim_inspect.cli import run

if __name__ == "__main__":
    run()
