"""Text as it is compared: without case, accents, punctuation and forms of the same letter."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST: Final = 200
"""Characters of a question that are read; the rest of it is dropped."""

_IDEOGRAPH: Final = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_BETWEEN: Final = re.compile(r"[\W_]+")


@lru_cache(4096)
def fold(text: str) -> str:
    """Letters and digits in one form, words parted by one space: `A/69/723` → `a 69 723`."""
    decomposed = unicodedata.normalize("NFKD", text[: 20 * LONGEST]).casefold()
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return _BETWEEN.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def compact(folded: str) -> str:
    """Folded text without its spaces, so that `A/69/723` and `A-69 723` meet."""
    return folded.replace(" ", "")


def words(folded: str) -> str:
    """Folded text with each ideograph a word of its own, as Chinese is written without spaces."""
    return " ".join(_IDEOGRAPH.sub(r" \1 ", folded).split())
