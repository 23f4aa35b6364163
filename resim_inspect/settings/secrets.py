"""Recognition of secrets, which must not stand in a project file."""

from __future__ import annotations

import re

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|AUTH", re.I)
_ASSIGNMENT = re.compile(r"(?:^|[\s'\"])-{0,2}([A-Za-z_][A-Za-z0-9_-]*)=(?=[^\s'\"$])")
_PLACE_OF_A_SECRET = re.compile(r"(?:file|path|dir|url|name|env)$", re.I)
_KNOWN_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hf_|npm_|pypi-)[A-Za-z0-9_-]{16}"
    r"|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][A-Za-z0-9_-]{8}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bAIza[A-Za-z0-9_-]{30}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\."
    r"|\bBearer\s+[A-Za-z0-9._~+/-]{12}"
    r"|://[^/\s:@]+:[^/\s@$]+@"
)
_RUN = re.compile(r"[A-Za-z0-9+=]{24,}")
_HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_CLASSES = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[+=]+")
_MIXING = 0.42
"""Share of neighbours of another class above which a run is random: names of words have less."""
_NUMBERS = 3
"""Numbers in a random run at least; names have one or two, such as a version and a date."""


def names_a_secret(name: str) -> bool:
    """Return True if the name of a variable suggests that its value is a secret."""
    return _SECRET_NAME.search(name) is not None


def looks_like_a_secret(text: str) -> bool:
    """Return True for text with a key, a token or a password in it, or an assignment of one.

    A name of a file or of a variable with a secret is fine: `--token-file=/run/token`, `$TOKEN`.
    """
    if _KNOWN_FORMS.search(text):
        return True
    for match in _ASSIGNMENT.finditer(text):
        if names_a_secret(match[1]) and not _PLACE_OF_A_SECRET.search(match[1]):
            return True
    return any(_is_random(match[0]) for match in _RUN.finditer(text))


def _is_random(text: str) -> bool:
    # Hexadecimal text is the digest of an image or of a commit.
    if _HEXADECIMAL.fullmatch(text):
        return False
    parts = _CLASSES.findall(text)
    kinds = {"upper" if p.isupper() else "lower" if p.islower() else "digit" for p in parts}
    numbers = sum(part.isdigit() for part in parts)
    mixing = (len(parts) - 1) / (len(text) - 1)
    return len(kinds) == 3 and numbers >= _NUMBERS and mixing > _MIXING
