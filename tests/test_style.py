"""The stylesheets keep to one scale of type, one of space and one set of colours."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "src/iisgraph/web/static"
SHEETS = sorted(path.name for path in FOLDER.glob("*.css"))
SPACE = re.compile(r"(margin|padding)(-\w+)*|(row-|column-)?gap|inset(-\w+)*")
A_SPACE = re.compile(r"0|auto|-?[1-4]px|18mm|16mm|50%|100%|var\(--(s[0-6]|edge-space)\)|calc\(.*\)")
A_SIZE = re.compile(r"var\(--(t-?\d|drawn(-small)?)\)(/[\d.]+)?|inherit|100%|112\.5%|150%|10pt")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|\blight-dark\(")


class Declaration(NamedTuple):
    """A property and its value, with the selector or rule around them."""

    where: str
    name: str
    value: str


def declarations(sheet: str) -> Iterator[Declaration]:
    """All of a stylesheet."""
    text = re.sub(r"/\*.*?\*/", "", (FOLDER / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    for selector, body in re.findall(r"([^{};]+)\{([^{}]*)\}", text):
        for each in filter(None, map(str.strip, body.split(";"))):
            name, _, value = each.partition(":")
            yield Declaration(selector.strip(), name.strip(), value.strip())


def parts(value: str) -> list[str]:
    """The parts of a value that spaces part, those within brackets left whole."""
    return re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value)


def of(sheet: str, names: re.Pattern[str]) -> list[Declaration]:
    """The declarations of some properties, without those that choose the scale."""
    found = [d for d in declarations(sheet) if names.fullmatch(d.name)]
    assert found, f"{sheet} has none"
    return found


def test_there_are_all_sheets() -> None:
    """And each is read whole."""
    assert SHEETS == ["query.css", "style.css", "things.css", "views.css"]
    assert sum(1 for sheet in SHEETS for _ in declarations(sheet)) > 700


@pytest.mark.parametrize("sheet", SHEETS)
def test_colours_are_chosen_at_the_root(sheet: str) -> None:
    """Everywhere else they have names."""
    strays = [d for d in declarations(sheet) if COLOUR.search(d.value) and d.where != ":root"]
    assert strays == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_type_has_one_scale(sheet: str) -> None:
    """Sizes are its steps; pictures have two of their own, in their units."""
    for each in of(sheet, re.compile("font-size|font")):
        sizes = parts(each.value) if each.name == "font-size" else _size(each.value)
        assert all(A_SIZE.fullmatch(size) for size in sizes), each


def _size(font: str) -> list[str]:
    """The part of a `font` that is its size; `inherit` alone is the whole."""
    return [p for p in parts(font) if re.match(r"var\(--(t|drawn)|inherit|[\d.]+(r?em|px)", p)]


@pytest.mark.parametrize("sheet", SHEETS)
def test_space_has_one_scale(sheet: str) -> None:
    """Distances are its steps, a few pixels for lines, or reckoned from these."""
    for each in of(sheet, SPACE):
        strays = [
            p for p in parts(each.value) if not A_SPACE.fullmatch(p.removesuffix("!important"))
        ]
        assert strays == [], each


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_name_is_chosen(sheet: str) -> None:
    """A misspelt custom property would be no error, and no colour."""
    root = {d.name for d in declarations("style.css") if d.where == ":root"}
    local = {d.name for d in declarations(sheet) if d.name.startswith("--")}
    used = {n for d in declarations(sheet) for n in re.findall(r"var\((--[\w-]+)\)", d.value)}
    assert used
    assert used <= root | local


def test_every_choice_is_used() -> None:
    """By a stylesheet or a script."""
    root = {d.name for d in declarations("style.css") if d.name.startswith("--")}
    scripts = [*(ROOT / "assets/src").glob("*.ts"), *FOLDER.glob("*.js"), *FOLDER.glob("*.css")]
    used = {n for p in scripts for n in re.findall(r"var\((--[\w-]+)\)", p.read_text("utf-8"))}
    assert len(root) > 40
    assert root <= used
