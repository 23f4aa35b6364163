"""A process that gives rows to the official emitter: python emitter_worker.py MODULE CONFIG OUT.

Reads one JSON object a line from stdin (topic, data, timestamp, event) and answers each with one
line: `accepted` and the size of the file that it appends to, or `refused` and the reason.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path


def main() -> None:
    """Answer until stdin ends."""
    module, config, out = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("official_emissions", module)
    assert spec is not None
    assert spec.loader is not None
    emissions = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(emissions)
    emitter = emissions.Emitter(config_path=config, output_path=out)
    assert emitter.validation_enabled
    for line in sys.stdin:
        row = json.loads(line)
        emit = emitter.emit_event if row["event"] else emitter.emit
        try:
            emit(row["topic"], row["data"], timestamp=row["timestamp"])
        except Exception as error:  # noqa: BLE001 - whatever it raises, it refuses
            answer = f"refused {type(error).__name__}: {' '.join(str(error).split())}"
        else:
            emitter.file.flush()
            answer = f"accepted {Path(out).stat().st_size}"
        sys.stdout.write(answer + "\n")
    emitter.close()


if __name__ == "__main__":
    main()
