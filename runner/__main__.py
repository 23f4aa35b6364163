"""Entry point of `resim-runner` and of `python -m runner`.

Ctrl-C ends the program with its exit code from the first line on; see `interruption`.
"""

import os

try:
    from resim_inspect.interruption import exit_on_interrupt

    exit_on_interrupt()
except (KeyboardInterrupt, RuntimeError):
    # The making of an enumeration wraps an interruption in a RuntimeError.
    os._exit(130)

from runner.cli import run

if __name__ == "__main__":
    run()
