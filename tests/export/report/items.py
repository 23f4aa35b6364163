"""The compressed parts of a page, read as its script reads them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

ITEM = re.compile(r'<script type="text/plain" id="([\w-]+)">([^<]*)</script>')


def items_of(page: str) -> dict[str, str]:
    """The texts of all items by their ids."""
    return {
        name: zlib.decompress(base64.b64decode(content)).decode()
        for name, content in ITEM.findall(page)
    }


def figures_of(page: str) -> list[dict[str, Any]]:
    """The interactive charts of a page in their order, also those of parts that come later."""
    items = items_of(page)
    elements = []
    for html in (page, *(text for text in items.values() if text.startswith("<"))):
        for item, plain in re.findall(
            r'<div class="plot"[^>]*?(?: data-item="([\w-]+)")?>(?:<script[^>]*>([^<]*))?', html
        ):
            elements.append(json.loads(items[item] if item else plain))
    return elements
