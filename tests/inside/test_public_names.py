"""The public names of runner.inside, which authors of metrics builds import."""

from __future__ import annotations

import subprocess
import sys
from typing import get_type_hints

import runner.inside
from runner.inside import fetching, inputs


def test_the_public_names_are_these_and_all_of_them_exist() -> None:
    assert runner.inside.__all__ == ["fetch", "outputs_folder"]
    for name in runner.inside.__all__:
        value = getattr(runner.inside, name)
        assert callable(value)
        assert value.__doc__


def test_the_names_keep_their_types() -> None:
    hints = get_type_hints(runner.inside.fetch, vars(fetching))
    assert hints["return"] is fetching.Jobs
    assert get_type_hints(inputs.Inputs.json)["name"] is str


def test_a_star_import_gives_the_public_names_and_needs_no_sdk() -> None:
    code = (
        "import sys; sys.modules['resim'] = None\n"
        "from runner.inside import *\n"
        "print(sorted(name for name in globals() if not name.startswith('_') and name != 'sys'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['fetch', 'outputs_folder']", done.stderr
