"""`python -m runner.inside`: the entry point of the image."""

from __future__ import annotations

import os
import sys
import uuid

from runner.inside.main import end_on_signals, main

if __name__ == "__main__":
    end_on_signals()
    sys.exit(main(os.environ, uuid.uuid4))
