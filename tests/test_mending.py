"""What a check mends is what was meant, is shown first, and nothing else is touched."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph.cli import main
from iisgraph.gate.slips import Slip, mended, token_at
from iisgraph.gate.spelling import is_slip, near_term, nearest
from iisgraph.positions import Place
from iisgraph.vocab import RDFS, SH, XSD
from tests import rdf
from tests.excerpt import excerpt
from tests.test_check import FORUM, FORUMS, RECORDS, edit

EX = rdf.EX
PREFIXES = {"ex": EX, "xsd": XSD, "": "http://empty.example/"}


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("label", "lable", True),
        ("label", "labl", True),
        ("label", "labell", True),
        ("label", "labet", True),
        ("startDate", "startdate", True),
        ("start-date", "startDate", True),
        ("label", "label", False),
        ("label", "babel", False),
        ("label", "labour", False),
        ("has", "hat", False),
        ("Has", "has", True),
        ("", "x", False),
        ("cat", "cats", False),
        ("abcd", "abdc", True),
        ("abcd", "badc", False),
    ],
)
def test_a_slip_is_one_letter(wrong: str, right: str, expected: bool) -> None:
    assert is_slip(wrong, right) is expected
    assert is_slip(right, wrong) is expected


def test_a_slip_is_nearer_than_what_is_alike() -> None:
    assert nearest("gyear", ["year", "gYear", "gYearMonth"], 0.6) == "gYear"
    assert nearest("startDates", ["startDate", "endDate"], 0.6) == "startDate"
    assert nearest("zzz", ["startDate"], 0.6) is None


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (EX + "nmae", EX + "name"),
        ("https://example.org/name", EX + "name"),
        (EX + "Name", EX + "name"),
        (EX + "name", None),
        (EX + "colour", None),
        ("http://other.example/name", None),
    ],
)
def test_a_near_term_is_of_the_same_namespace(iri: str, expected: str | None) -> None:
    assert near_term(iri, [EX + "name", EX + "age"]) == expected


DAY = Slip(XSD + "string", XSD + "date")


@pytest.mark.parametrize(
    ("text", "slip", "expected"),
    [
        ("ex:nmae", Slip(EX + "nmae", EX + "name"), "ex:name"),
        (":nmae", Slip("http://empty.example/nmae", "http://empty.example/name"), ":name"),
        (f"<{EX}nmae>", Slip(EX + "nmae", EX + "name"), f"<{EX}name>"),
        ("<nmae>", Slip(EX + "nmae", EX + "name"), f"<{EX}name>"),
        ("ex:nmae", Slip(EX + "nmae", EX + "1,2"), f"<{EX}1,2>"),
        ("ex:nmae", Slip(EX + "nmae", "http://no.example/name"), "<http://no.example/name>"),
        ("ex:other", Slip(EX + "nmae", EX + "name"), None),
        ("<>", Slip(EX + "nmae", EX + "name"), None),
        ('"x"@eng', Slip("eng", "en"), '"x"@en'),
        ('"""a "b" @eng\nc"""@ENG', Slip("eng", "en"), '"""a "b" @eng\nc"""@en'),
        ("'x'@en", Slip("eng", "en"), None),
        ("'x'^^xsd:Date", Slip(XSD + "Date", XSD + "date"), "'x'^^xsd:date"),
        (f"'x'^^<{XSD}Date>", Slip(XSD + "Date", XSD + "date"), f"'x'^^<{XSD}date>"),
        ("'2001-02-03'", DAY, "'2001-02-03'^^xsd:date"),
        ("2001", Slip(XSD + "integer", XSD + "gYear"), '"2001"^^xsd:gYear'),
        ("'x'", Slip(XSD + "integer", XSD + "gYear"), None),
        ("'x'@en", DAY, None),
    ],
)
def test_a_word_is_mended_where_it_stands(text: str, slip: Slip, expected: str | None) -> None:
    assert mended(text, slip, PREFIXES) == expected


def test_without_prefixes_an_iri_is_written_out() -> None:
    """N-Triples has no other way."""
    assert mended('"2001-02-03"', DAY, {}) == f'"2001-02-03"^^<{XSD}date>'


def test_a_token_may_have_several_lines() -> None:
    text = "a 'é\nb\nc' d"
    assert token_at(text, Place(1, 3, 3, 3)) == "'é\nb\nc'"
    assert token_at(text, Place(2, 1, 2, 2)) == "b"


# ---------------------------------------------------------------- iisgraph check --fix

DATA = f"""\
# People. Their @eng names.
@prefix ex: <{EX}> .
@prefix rdfs: <{RDFS}> .
@prefix xsd: <{XSD}> .

ex:ann a ex:Person ;   # our Ann
  rdfs:lable "Anna \\u0041"@eng , '''Энн
  @eng'''@ru ; ex:born "1999-02-28" , 1999 , "2001-01-01"^^xsd:dateTime ;
  ex:died "2001-05-05"^^xsd:Date .\r
"""
MENDED = f"""\
# People. Their @eng names.
@prefix ex: <{EX}> .
@prefix rdfs: <{RDFS}> .
@prefix xsd: <{XSD}> .

ex:ann a ex:Person ;   # our Ann
  rdfs:label "Anna \\u0041"@en , '''Энн
  @eng'''@ru ; ex:born "1999-02-28"^^xsd:date , 1999 , "2001-01-01"^^xsd:date ;
  ex:died "2001-05-05"^^xsd:date .\r
"""
SHAPES = f"""\
@prefix ex: <{EX}> .
@prefix sh: <{SH}> .
@prefix xsd: <{XSD}> .
ex:S sh:targetClass ex:Person ; sh:property [ sh:path ex:born ; sh:datatype xsd:date ] .
"""


def call(*arguments: str | Path, said: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)], input=said)


@pytest.fixture
def given(tmp_path: Path) -> tuple[str | Path, ...]:
    (tmp_path / "data.ttl").write_bytes(DATA.encode())
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return ("--shapes", tmp_path / "shapes.ttl", tmp_path / "data.ttl", "--fix")


def test_only_what_is_meant_is_mended(given: tuple[str | Path, ...], tmp_path: Path) -> None:
    """Comments, spaces and line ends stay; 1999 is no day, and nobody guesses which one."""
    result = call(*given, "--yes")
    assert (tmp_path / "data.ttl").read_bytes() == MENDED.encode()
    assert (tmp_path / "shapes.ttl").read_text(encoding="utf-8") == SHAPES
    assert result.exit_code == 1
    (error,) = (line for line in result.stdout.splitlines() if ": error: " in line)
    assert "1999 is not" in error
    assert "5 findings in 1 file mended" in result.stderr
    again = call(*given, "--yes")
    assert "0 findings in 0 files can be mended" in again.stderr
    assert again.stdout == result.stdout


@pytest.mark.parametrize("option", ["--dry-run", None])
def test_nothing_is_written_unasked(
    option: str | None, given: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """The difference is shown; without a terminal nobody can say yes."""
    result = call(*given, *([option] if option else []), said="y\n")
    assert (tmp_path / "data.ttl").read_bytes() == DATA.encode()
    assert '-  rdfs:lable "Anna \\u0041"@eng' in result.stderr
    assert '+  rdfs:label "Anna \\u0041"@en ' in result.stderr
    assert ("can be mended" in result.stderr) == bool(option)


def test_what_data_says_cannot_command_a_terminal(
    given: tuple[str | Path, ...], tmp_path: Path
) -> None:
    text = DATA.replace("our Ann", "\x1b[2J").replace('"Anna', '"\x1b[31mAnna')
    (tmp_path / "data.ttl").write_bytes(text.encode())
    result = call(*given, "--dry-run")
    assert "+  rdfs:label" in result.stderr
    assert "\x1b" not in result.output


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_wrong_usage_is_2(option: str, given: tuple[str | Path, ...]) -> None:
    assert call(*given[:-1], option).exit_code == 2


def test_a_file_that_cannot_be_written_is_2(
    given: tuple[str | Path, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    result = call(*given, "--yes")
    assert result.exit_code == 2
    assert (tmp_path / "data.ttl").read_bytes() == DATA.encode()


def test_own_content_is_mended_to_what_it_was(tmp_path: Path) -> None:
    """Slips in terms, a literal that is not canonical, and the layout: all come right again."""
    root = excerpt(tmp_path / "own", RECORDS)
    before = tmp_path / "before"
    shutil.copytree(root, before)
    edit(root / FORUM, "iis:ofAgreement", "iis:ofAgrement")
    edit(root / FORUM, "schema:value 1300", "schema:value 01300")
    edit(root / FORUMS, "a iis:Session ;", "a  iis:Sesion ;")
    assert call(root).exit_code == 1
    result = call(root, "--fix", "--yes")
    assert result.exit_code == 0, result.output
    for path in (FORUM, FORUMS):
        assert (root / path).read_text("utf-8") == (before / path).read_text("utf-8")
