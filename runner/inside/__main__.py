"""`python -m runner.inside`: the entry point of the image."""

from __future__ import annotations

import os
import sys
import uuid

from runner.inside.errors import Code
from runner.inside.main import end_on_signals, main

if __name__ == "__main__":
    end_on_signals()
    code = main(os.environ, uuid.uuid4)
    if code in {Code.FETCH, Code.INTERRUPTED, Code.TERMINATED}:
        # Threads may still wait for an API that does not answer.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
