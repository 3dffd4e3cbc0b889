"""Reports: what is counted is so, and the page on the data is that of today's data."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph import report
from iisgraph import snapshot as snapshots
from iisgraph.cli import main
from iisgraph.engine import Literal, NamedNode
from iisgraph.errors import UnknownResource
from iisgraph.gate.terms import unknown_in_query, vocabulary
from iisgraph.read import Content
from iisgraph.report import LANGUAGES, Unnamed
from iisgraph.report.page import queries, table
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, SKOS
from tests import facts, rdf
from tests.conftest import ROOT

HEAD = """\
@base <https://w3id.org/iisgraph/> .
@prefix iis: <https://w3id.org/iisgraph/def/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
NAMES = f"""{HEAD}
<id/state/RUS> a iis:State ; skos:prefLabel "Russia"@en , "Россия"@ru .
<id/state/CHN> a iis:State ; skos:prefLabel "China"@en , "中国"@zh .
<id/state/KAZ> a iis:State .
<id/document/x> a iis:Document ; skos:prefLabel "Декларация"@ru .
<id/vote/x/RUS> a iis:StateVote .
"""
FOLLOWS = f"{HEAD}\n<id/document/x> a schema:CreativeWork ."

Row = dict[str, str]


@pytest.fixture
def small(tmp_path: Path) -> Snapshot:
    """Four things of two classes with names, one without names at all."""
    return rdf.snapshot_of(tmp_path, names=NAMES, derived=FOLLOWS)


@pytest.fixture(scope="module")
def page(snapshot: Snapshot) -> str:
    return report.data_page(snapshot)


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


def cells(line: str) -> list[str]:
    """The cells of a line; a stroke that is escaped divides nothing."""
    found = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
    assert found[0] == found[-1] == ""
    return found[1:-1]


def tables(page: str) -> Iterator[tuple[str, list[Row]]]:
    """Each heading with the rows of the first table below it."""
    for part in re.split(r"^#+ ", page, flags=re.MULTILINE)[1:]:
        if block := re.search(r"(?:^\|.*\n)+", part, re.MULTILINE):
            heads, _, *lines = map(cells, block[0].splitlines())
            yield part.splitlines()[0], [dict(zip(heads, line, strict=True)) for line in lines]


def below(page: str, heading: str) -> list[Row]:
    return dict(tables(page))[heading]


def by(rows: list[Row], key: str, value: str) -> dict[str, int]:
    found = {row[key]: int(row[value]) for row in rows}
    assert len(found) == len(rows)
    return found


# ---------------------------------------------------------------- languages


def test_names_are_counted_by_class_and_language(small: Snapshot) -> None:
    """Things of a class that has names count, with or without one; the classes of others do not."""
    counted = {(c.of_class, c.language): (c.named, c.missing) for c in report.languages(small)}
    state, document = IIS + "State", IIS + "Document"
    expected = {(each, language): (0, 3) for each in [state] for language in LANGUAGES}
    expected |= {(document, language): (0, 1) for language in LANGUAGES}
    expected |= {(state, "en"): (2, 1), (state, "ru"): (1, 2), (state, "zh"): (1, 2)}
    expected |= {(document, "ru"): (1, 0)}
    assert counted == expected


def test_what_lacks_a_name_is_listed(small: Snapshot) -> None:
    """By class and address, with the English name as far as there is one."""
    kaz = Unnamed(IIS + "State", BASE + "id/state/KAZ", "")
    chn = Unnamed(IIS + "State", BASE + "id/state/CHN", "China")
    document = Unnamed(IIS + "Document", BASE + "id/document/x", "")
    assert report.unnamed(small, "ru") == [chn, kaz]
    assert report.unnamed(small, "en") == [document, kaz]


@pytest.mark.parametrize("told", ["State", "iis:State", IIS + "State"])
def test_a_class_is_told_by_any_of_its_names(small: Snapshot, told: str) -> None:
    """What one would type is understood."""
    found = report.unnamed(small, "en", told)
    assert [each.iri for each in found] == [BASE + "id/state/KAZ"]


def test_an_unknown_class_is_told_what_there_is(small: Snapshot) -> None:
    """A slip is not an empty list, which would look like full coverage."""
    with pytest.raises(UnknownResource, match="iis:Document, iis:State"):
        report.unnamed(small, "en", "StateVote")


def test_lists_are_as_long_as_the_counts(snapshot: Snapshot) -> None:
    """The two views are of one thing."""
    counted = Counter[str]()
    for each in report.languages(snapshot):
        counted[each.language] += each.missing
    assert counted == {each: len(report.unnamed(snapshot, each)) for each in LANGUAGES}
    assert counted["ru"] > 100


def test_names_of_states_are_those_of_the_table(snapshot: Snapshot) -> None:
    """States, former states and territories are named in each language in which the table does."""
    classes = {IIS + name for name in ("State", "FormerState", "Territory")}
    named = Counter[str]()
    for each in report.languages(snapshot):
        if each.of_class in classes:
            named[each.language] += each.named
    rows = facts.table("states")
    assert named == {each: sum(bool(r[f"name_{each}"]) for r in rows) for each in LANGUAGES}


# ---------------------------------------------------------------- the page


def test_page_of_the_repository_is_current(page: str) -> None:
    """Whoever changes the data runs `iisgraph report data --out docs/data.md`."""
    assert (ROOT / "docs/data.md").read_text(encoding="utf-8") == page


def test_page_does_not_depend_on_the_order_of_files(content: Content) -> None:
    """Equal data give an equal page, whatever was read first."""
    some = [file for file in content.rdf if "joint" not in file.path.parts]
    there, back = (snapshots.of_files(files) for files in (some, some[::-1]))
    assert report.data_page(there) == report.data_page(back)


def test_page_of_almost_nothing_is_written(small: Snapshot) -> None:
    """A folder of one's own may lack whole classes."""
    page = report.data_page(small)
    assert "### Disagreements\n\nNone.\n" in page
    assert by(below(page, "The data"), "What", "Number")["sources"] == 0


def test_terms_of_the_queries_exist(snapshot: Snapshot, content: Content, tmp_path: Path) -> None:
    """A misspelt term would count nothing, and nobody would see it."""
    known = vocabulary(content, content.rdf)
    assert len(queries()) > 10
    for name, text in queries().items():
        path = tmp_path / f"{name}.rq"
        beginnings = text.replace("<id/>", '""').replace("<source/>", '""')
        path.write_text(beginnings, encoding="utf-8")
        assert list(unknown_in_query(path, known, snapshot)) == []


def test_each_table_has_rows_of_one_width(page: str) -> None:
    """Text from the data breaks no table."""
    blocks = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    assert len(blocks) == len(queries()) + 1
    for block in blocks:
        lines = block.splitlines()
        assert len({len(cells(line)) for line in lines}) == 1
        assert len(lines) > 2


def test_text_is_kept_from_being_markup() -> None:
    """A stroke, a line break or a tag in a value stays a character of that value."""
    drawn = table(
        ["What", "n"],
        [[Literal("a|b\n<b>*c*\\"), Literal(1)], [NamedNode(SKOS + "note"), None]],
    )
    assert drawn == (
        "| What | n |\n| --- | ---: |\n| a\\|b \\<b>\\*c\\*\\\\ | 1 |\n| `skos:note` |  |"
    )


# ---------------------------------------------------------------- its figures, from the tables


def test_sources_by_kind_are_those_of_the_table(page: str) -> None:
    """Each source has one kind, and a copy names its original."""
    rows = below(page, "Kinds of sources")
    table = facts.table("sources")
    kinds = Counter(row["kind"] for row in table)
    copies = Counter(row["kind"] for row in table if row["archived_from"])
    assert by(rows, "Kind", "Sources") == {k.replace("-", " "): n for k, n in kinds.items()}
    assert {k: n for k, n in by(rows, "Kind", "read from a copy").items() if n} == {
        kind.replace("-", " "): number for kind, number in copies.items()
    }


def test_memberships_without_a_start_are_those_of_the_table(page: str) -> None:
    """One row of the table is one membership; those of the UN stand in two tables."""
    name = {row["id"]: row["name_en"] for row in facts.table("organisations")}
    rows = [row for row in facts.table("memberships") if row["organisation"] != "un"]
    undated = Counter(name[row["organisation"]] for row in rows if not row["start"])
    found = below(page, "Memberships without a start, by organisation")
    others = [row for row in found if row["Organisation"] != name["un"]]
    assert by(others, "Organisation", "without start") == undated
    assert undated.total() > 300


def test_editions_without_day_or_place_are_those_of_the_table(page: str) -> None:
    """A country without a city is a place."""
    name = {row["id"]: row["name_en"] for row in facts.table("forums")}
    rows = below(page, "Editions without a first day or a place, by forum")
    editions = facts.table("editions")
    undated = Counter(name[row["forum"]] for row in editions if not row["start"])
    nowhere = Counter(name[row["forum"]] for row in editions if not row["city"] + row["country"])
    assert Counter(by(rows, "Forum", "without first day")) == undated
    assert Counter(by(rows, "Forum", "without place")) == nowhere
    assert undated.total() > 5


def test_seats_are_those_of_the_tables(page: str) -> None:
    """Who chairs a group sits in it, whichever table says so."""
    groups = [row for row in facts.table("groups") if not row["organ"].startswith("oewg")]
    seats = {(row["group"], row["state"]) for row in facts.table("group_members")}
    seats |= {(row["id"], row["chair_country"]) for row in groups if row["chair_country"]}
    rows = {row["Group"]: row for row in below(page, "Seats in groups")}
    for row in (row for row in groups if row["name_en"] in rows):
        told = rows[row["name_en"]]
        known = sum(group == row["id"] for group, _ in seats)
        (size,) = re.findall(r"([0-9]+) experts", row["mandate"]) or ["not stated"]
        assert (told["Seats stated"], told["Seats known"]) == (size, str(known))
        missing = str(int(size) - known) if size.isdigit() else "not known"
        assert told["missing"] == missing


def test_votes_by_year_are_those_of_the_tables(page: str) -> None:
    """A vote counts in the year of its document, once, however many sources tell it."""
    year = {row["id"]: row["date"][:4] for row in facts.table("documents")}
    votes = {(row["document"], row["state"]) for row in facts.table("votes")}
    expected = Counter(year[document] for document, _ in votes)
    found = by(below(page, "By year"), "Years", "Votes")
    assert {years: number for years, number in found.items() if number} == expected
    assert expected.total() > 3000


def test_what_is_attested_once_or_more_adds_up(page: str, snapshot: Snapshot) -> None:
    """Each thing is in no record, in one, or in several."""
    rows = below(page, "By class")
    for row in rows:
        parts = (int(row[each]) for each in ("in no record", "in one record", "in several"))
        assert int(row["Things"]) == sum(parts), row
    assert by(rows, "Class", "Things")["state"] == 195
    assert by(rows, "Class", "in no record")["agreement action"] == 0


def test_records_are_counted_once_with_their_best_source(page: str) -> None:
    """The ranks share the records out among them."""
    overall = by(below(page, "The data"), "What", "Number")
    kinds = below(page, "Kinds of sources")
    assert sum(int(row["Records with none better"]) for row in kinds) == overall["records"]
    assert (
        sum(int(row["Statements in these"]) for row in kinds)
        == overall["statements in records, counted in each"]
    )


def test_data_sets_without_a_licence_are_told(page: str) -> None:
    """What is not known of a licence is said to be not known."""
    rows = below(page, "Licences")
    named = {f"`source/{r['id']}`" for r in facts.table("sources") if r["kind"] == "data-set"}
    assert {row["Data set"] for row in rows} == named
    unknown = [row["Data set"] for row in rows if row["Licence"] == "not stated"]
    assert unknown == ["`source/pigeon-unga`"]


# ---------------------------------------------------------------- the command


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "names.ttl"
    path.write_text(NAMES, encoding="utf-8")
    return path


def test_languages_as_a_table_for_people(path: Path) -> None:
    """A line for each class; what is missing stands behind a minus."""
    result = call("languages", "--data", path)
    assert result.exit_code == 0
    (line,) = (line for line in result.stdout.splitlines() if "iis:State" in line)
    assert [cell.strip() for cell in line.split("│")[2:-1]] == [
        *("2 -1", "1 -2", "1 -2"),
        *("0 -3", "0 -3", "0 -3"),
    ]


def test_languages_for_programs(path: Path, tmp_path: Path) -> None:
    """CSV and JSON say the same as the function."""
    expected = [
        {"class": c.of_class, "language": c.language, "named": c.named, "missing": c.missing}
        for c in report.languages(rdf.snapshot_of(tmp_path, names=NAMES))
    ]
    assert json.loads(call("languages", "--data", path, "--format", "json").stdout) == expected
    text = call("languages", "--data", path, "--format", "csv").stdout
    found = list(csv.DictReader(io.StringIO(text)))
    assert found == [{k: str(v) for k, v in row.items()} for row in expected]
    assert len(found) == 2 * len(LANGUAGES)


def test_missing_names_for_people_and_programs(path: Path) -> None:
    """The list can be read, and worked through by a program."""
    asked = ("languages", "--data", path, "--missing", "ru", "--class", "State")
    table = call(*asked).stdout
    assert "China" in table
    assert table.endswith("2 things\n")
    rows = list(csv.reader(io.StringIO(call(*asked, "--format", "csv").stdout)))
    assert rows == [
        ["class", "iri", "english"],
        [IIS + "State", BASE + "id/state/CHN", "China"],
        [IIS + "State", BASE + "id/state/KAZ", ""],
    ]


def test_nothing_missing_is_an_empty_list(path: Path) -> None:
    """The header stays for those who read by it."""
    asked = ("languages", "--data", path, "--missing", "ru", "--class", "Document", "--format")
    assert call(*asked, "csv").stdout == "class,iri,english\n"
    assert json.loads(call(*asked, "json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--class", "State"], "--class goes with --missing"),
        (["--missing", "xx"], "'xx' is not one of"),
        (["--missing", "ru", "--class", "Foo"], "no things of a class Foo"),
        (["--data", "nowhere.ttl"], "no such file or folder"),
    ],
)
def test_wrong_usage_is_2(path: Path, arguments: list[str], message: str) -> None:
    """A mistake is told on stderr."""
    data = [] if "--data" in arguments else ["--data", str(path)]
    result = call("languages", *data, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_page_goes_to_stdout_or_to_a_file(path: Path, tmp_path: Path, small: Snapshot) -> None:
    """The same bytes either way, and nothing beside them."""
    shown = call("data", "--data", path)
    out = tmp_path / "page.md"
    written = call("data", "--data", path, "--out", out)
    assert (written.exit_code, written.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == shown.stdout
    assert shown.stdout.startswith("<!-- Made by")


def test_page_that_cannot_be_written_is_2(path: Path, tmp_path: Path) -> None:
    """A folder that is not there is told of."""
    result = call("data", "--data", path, "--out", tmp_path / "nowhere/page.md")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
