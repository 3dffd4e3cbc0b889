"""A content folder that holds our data N times over, each copy with names of its own.

The first copy is our data as it is. In every other one all states, organisations,
agreements, sources, records … are renamed and their codes changed, so named graphs,
joins and statements multiply while ontology and schemes are shared. Nothing is left
to chance: equal content gives equal bytes.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from typing import Final

SHARED: Final = ("data/dataset.ttl",)
"""Files of data that are about the whole."""

MOST: Final = len(ascii_uppercase) ** 2
"""Copies that two letters behind the code of a state can tell apart."""

_NAME: Final = re.compile(r"<(id/[a-z-]+|source|graph)/([^<>\"{}|^`\\\s]+)>")
_CODE: Final = re.compile(r"(?<![^/])[A-Z]{3}(?![^/])")
_VALUES: Final = re.compile(r'iis:(iso3|m49|symbol)((?:\s+"[^"]*"(?: ,)?)+)')
_MATCH: Final = re.compile(r"<(http://www\.wikidata\.org/entity/Q[0-9]+)>")
_ROOM: Final = {"[A-Z]{3}": "[A-Z]{3,5}", "[0-9]{3}$": "[0-9]{3,6}$"}
"""Patterns of codes in the shapes, and those that the longer codes of copies fit too."""


def multiply(root: Path, times: int, out: Path) -> Path:
    """Write the content of `root` so many times over to a new folder `out`.

    Raises:
        ValueError: if there are not names enough for so many copies.
        FileExistsError: if `out` exists.
    """
    if not 1 <= times <= MOST:
        raise ValueError(f"copies can be 1 to {MOST}")
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(root / folder, out / folder)
    if times > 1:
        _make_room(out / "ontology/shapes")
    originals = [(p.relative_to(root), p.read_text(encoding="utf-8")) for p in _data(root)]
    for number in range(2, times + 1):
        rename = renaming(number)
        for relative, text in originals:
            path = out / place(relative, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rename(text), encoding="utf-8")
    return out


def _make_room(shapes: Path) -> None:
    """Let the codes of states be as long as in the copies: the one change to the ontology."""
    for path in shapes.glob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        for pattern, wider in _ROOM.items():
            text = text.replace(pattern, wider)
        path.write_text(text, encoding="utf-8")


def _data(root: Path) -> Iterator[Path]:
    for path in sorted((root / "data").rglob("*.ttl")):
        if path.relative_to(root).as_posix() not in SHARED:
            yield path


def place(relative: Path, number: int) -> Path:
    """Where the copy of a file stands, so that its graph is of the same sort."""
    if len(relative.parts) == 2:  # data/sources.ttl
        return relative.with_suffix("") / f"copy-{number}.ttl"
    return relative.with_name(f"{_prefix(number)}{relative.name}")


def renaming(number: int) -> Callable[[str], str]:
    """Puts the copy's names and codes into a text.

    One prefix for all names of a class and one ending for all codes keep them in
    their order, so the text stays in the one layout.
    """
    prefix = _prefix(number)
    ending = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)][number - 1]
    marked = {
        "iso3": rf'"\g<1>{ending}"',
        "m49": rf'"\g<1>{number:03}"',
        "symbol": rf'"{prefix}\g<1>"',
    }

    def named(name: re.Match[str]) -> str:
        kind, rest = name.groups()
        mark = "" if _CODE.match(rest) else prefix
        return f"<{kind}/{mark}{_CODE.sub(lambda code: code[0] + ending, rest)}>"

    def coded(values: re.Match[str]) -> str:
        return f"iis:{values[1]}" + re.sub(r'"([^"]*)"', marked[values[1]], values[2])

    def renamed(text: str) -> str:
        text = _VALUES.sub(coded, _NAME.sub(named, text))
        return _MATCH.sub(rf"<\g<1>{ending}>", text)

    return renamed


def _prefix(number: int) -> str:
    return f"copy{number}-"
