"""The index: names in SQLite's full-text tables, in the memory of this process.

Two ways in. `compact` finds names that begin with what was asked, whatever stands
between the letters; `words` finds the words in any order, or the beginnings of words.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from iisgraph.search.fold import compact, fold, words
from iisgraph.search.gather import Kind, Thing

_TABLES: Final = """
CREATE TABLE name (
  thing INTEGER, kind INTEGER, language TEXT, text TEXT, folded TEXT, compact TEXT
);
CREATE INDEX compact ON name (compact);
CREATE VIRTUAL TABLE words USING fts5(text, content='', prefix='1 2 3', tokenize='unicode61');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
"""
_LAST: Final = "\U0010ffff"
_BEGINNING: Final = """
SELECT thing, kind, language, text, folded FROM name
WHERE compact >= ? AND compact < ? AND kind < ?
ORDER BY length(compact), kind
LIMIT ?
"""
_CONTAINING: Final = """
SELECT thing, kind, language, name.text, folded FROM name
JOIN (SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AS hit
ON name.rowid = hit.rowid
ORDER BY hit.rank
"""


class Name(NamedTuple):
    """One text of the index: the number of its thing, and as what it stands there."""

    thing: int
    kind: int
    language: str
    text: str
    folded: str


class Tables:
    """The texts of some things, numbered as they come. Read-only; for one thread at a time."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._store = sqlite3.connect(":memory:", check_same_thread=False)
        self._store.executescript(_TABLES)
        rows = [
            (number, int(text.kind), text.language, text.value, folded, compact(folded))
            for number, thing in enumerate(things)
            for text in thing.texts
            if (folded := fold(text.value))
        ]
        self._fill(rows)

    def _fill(self, rows: Sequence[tuple[int, int, str, str, str, str]]) -> None:
        numbered = list(enumerate(rows, start=1))
        with self._store as store:
            store.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", rows)
            store.executemany(
                "INSERT INTO words (rowid, text) VALUES (?, ?)",
                [(n, words(row[4])) for n, row in numbered],
            )

    def beginning(self, told: str, most: int) -> list[Name]:
        """Names that begin with a compact text, the shortest first."""
        bounds = (told, told + _LAST, int(Kind.TEXT), most)
        found = self._store.execute(_BEGINNING, bounds)
        return [Name(*row) for row in found]

    def containing(self, alternatives: Sequence[Iterable[str]], most: int) -> list[Name]:
        """Texts that have a word of each group, the most telling first.

        A word ending in `*` stands for all that begin so.
        """
        groups = (" OR ".join(map(_quoted, group)) for group in alternatives)
        expression = " AND ".join(f"({group})" for group in groups)
        if not expression:
            return []
        found = self._store.execute(_CONTAINING, (expression, most))
        return [Name(*row) for row in found]

    def vocabulary(self) -> list[str]:
        """All words, those in most texts first."""
        found = self._store.execute("SELECT term FROM vocabulary ORDER BY doc DESC, term")
        return [term for (term,) in found]


def _quoted(word: str) -> str:
    bare = word.removesuffix("*")
    return f'"{bare}"*' if bare != word else f'"{bare}"'
