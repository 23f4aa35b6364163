"""Redaction of secrets in the output of builds, also of encoded ones and across chunks."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from resim_inspect.settings.secrets import names_a_secret as names_a_secret

MASK = b"[redacted]"
MIN_LENGTH = 4
VOCABULARY = frozenset({"event", "mode", "outcome", "status", "verdict"})
"""Keys of JSON objects whose values are words of the format, which programs depend on."""


class Secrets:
    """Secret values; those shorter than 4 characters are ignored, since they are too common."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms: set[bytes] = set()
        for value in values:
            if len(value) >= MIN_LENGTH:
                forms |= _forms(value)
        self._forms = sorted(forms, key=len, reverse=True)
        self._longest = len(self._forms[0]) if self._forms else 0
        self._pattern = re.compile(b"|".join(map(re.escape, self._forms)))
        # Of texts, which may have halves of surrogate pairs that no encoding has.
        texts = (form.decode("utf-8", "surrogateescape") for form in self._forms)
        self._text_pattern = re.compile("|".join(map(re.escape, texts)))

    def __bool__(self) -> bool:
        return bool(self._forms)

    def __repr__(self) -> str:
        return "Secrets()"

    def hide(self, data: bytes) -> bytes:
        """Return the bytes with every secret replaced."""
        return self._pattern.sub(MASK, data) if self._forms else data

    def hide_text(self, text: str) -> str:
        """Return the text with every secret replaced."""
        return self._text_pattern.sub(MASK.decode(), text) if self._forms else text

    def hide_values(self, values: Any) -> Any:
        """Return JSON values with every secret in their texts replaced.

        Numbers and keys stay, and so do words of the format, so that the document keeps its form:
        a secret may be such a word, as `true` is.
        """
        if not self._forms:
            return values
        if isinstance(values, str):
            return self.hide_text(values)
        if isinstance(values, dict):
            return {
                key: value
                if key in VOCABULARY and isinstance(value, str)
                else self.hide_values(value)
                for key, value in values.items()
            }
        if isinstance(values, list | tuple):
            return [self.hide_values(value) for value in values]
        return values

    def held_back(self, data: bytes) -> int:
        """Return the number of bytes at the end that may be the beginning of a secret."""
        tail = data[-(self._longest - 1) :] if self._longest > 1 else b""
        for start in range(len(tail)):
            rest = tail[start:]
            if any(form.startswith(rest) for form in self._starting_with(rest[:1])):
                return len(rest)
        return 0

    def _starting_with(self, first: bytes) -> list[bytes]:
        return [form for form in self._forms if form[:1] == first]


class Redactor:
    """Redacts a stream of chunks; the end of one may be held back until the next."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Take a chunk; return the next part of the stream that is safe to show."""
        if not self._secrets:
            return data
        hidden = self._secrets.hide(self._rest + data)
        keep = self._secrets.held_back(hidden)
        self._rest = hidden[len(hidden) - keep :]
        return hidden[: len(hidden) - keep]

    def end(self) -> bytes:
        """Return the part that was held back, at the end of the stream."""
        rest, self._rest = self._rest, b""
        return rest


def _forms(value: str) -> set[bytes]:
    raw = value.encode("utf-8", "surrogateescape")
    forms = {raw, quote(raw, safe="").encode(), quote_plus(raw).encode(), quote(raw).encode()}
    forms.add(json.dumps(value)[1:-1].encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            # Within a longer text the first and last character also depend on the neighbours.
            encoded = encode(b"\0" * shift + raw).rstrip(b"=")
            start = (shift * 8 + 5) // 6
            end = len(encoded) - (1 if (shift + len(raw)) % 3 else 0)
            forms.add(encoded[start:end])
    return {form for form in forms if len(form) >= MIN_LENGTH}
