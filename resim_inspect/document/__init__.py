"""A metrics.binproto as Python values: `open_document(path) -> Document`."""

from resim_inspect.document.document import Document
from resim_inspect.document.opening import open_document, parse_document
from resim_inspect.errors import DocumentError

__all__ = ["Document", "DocumentError", "open_document", "parse_document"]
