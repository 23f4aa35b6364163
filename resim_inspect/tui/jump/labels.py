"""Labels of jump mode: letters near the middle of a keyboard, two each where there are many."""

from __future__ import annotations

from itertools import islice, product

LETTERS = "asdfghjklweruiopcvbnmtyxz"


def labels(count: int, taken: frozenset[str] = frozenset()) -> list[str]:
    """Make `count` labels of equal length, none of which begins with a key that is taken."""
    letters = [letter for letter in LETTERS if letter not in taken]
    length = 1
    while len(letters) ** length < count:
        length += 1
    return ["".join(parts) for parts in islice(product(letters, repeat=length), count)]
