"""Configuration of Sphinx: `make docs` builds these pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from build_tools.reference import write_reference  # noqa: E402
from resim_inspect import __version__  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "resim-inspect"
author = "The authors of resim-inspect"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {__version__}"
html_show_copyright = False
html_static_path: list[str] = []
myst_heading_anchors = 3
# Sphinx looks highlighting up by these names; the plain blocks of the pages show terminals.
highlight_language = "none"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
suppress_warnings = ["myst.xref_ambiguous"]


def setup(app: Sphinx) -> None:
    """Write the pages that are made from the code before Sphinx reads its sources."""
    app.connect("builder-inited", lambda app: write_reference(Path(app.srcdir, "reference")))
