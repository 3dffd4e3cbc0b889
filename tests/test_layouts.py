"""Layouts of tables: that they fit ontology, tables and documents, and how bad ones are told."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from iisgraph.cli import main
from iisgraph.engine import NamedNode, Quad
from iisgraph.errors import SourceError
from iisgraph.gate.terms import unknown_terms, vocabulary
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.tables import layouts, page, rows
from iisgraph.tables.drafts import Drafts
from iisgraph.tables.importer import Importer
from iisgraph.tables.layouts import Condition, Layout
from iisgraph.tables.register import Register
from iisgraph.tables.templates import FORMS, MODES
from iisgraph.vocab import BASE, SKOS, TYPE
from tests import facts, rdf
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs/tables.md"
MARKS = ("<!-- tables -->\n", "<!-- /tables -->")
LITERALS = {"text", "date", "integer", "decimal", "url", "id"}


@pytest.fixture(scope="module")
def known(content: Content) -> dict[str, Layout]:
    """The layouts of the repository."""
    return layouts.load(content)


def written(layout: Layout) -> list[Quad]:
    """The statements of all templates of a layout, holes and all."""
    return [
        Quad(subject, predicate, value, rdf.NAME)
        for _, template in layout.templates
        for subject, predicate, value in template.statements
        if isinstance(subject, NamedNode)
    ]


# ---------------------------------------------------------------- they fit


def test_each_table_has_a_layout(known: dict[str, Layout]) -> None:
    """No frozen table without layout, and no layout without table; the columns are the same."""
    headers = {path.stem: list(facts.table(path.stem)[0]) for path in facts.TABLES.glob("*.csv")}
    assert {name: layout.header for name, layout in known.items()} == headers


def test_terms_of_templates_exist(content: Content, known: dict[str, Layout]) -> None:
    """A misspelt property would be written nine thousand times."""
    terms = vocabulary(content, content.rdf)
    for name, layout in known.items():
        file = rdf.file(rdf.as_ntriples(written(layout)), f"{name}.ttl")
        assert [finding.message for finding in unknown_terms(file, terms)] == []


def test_concepts_of_layouts_exist(snapshot: Snapshot, known: dict[str, Layout]) -> None:
    """Schemes of columns, concepts in templates, and what a reading makes of a cell."""
    typed = {str(quad.subject)[1:-1] for quad in snapshot.engine.quads(None, NamedNode(TYPE))}
    for layout in known.values():
        kinds = {kind for column in layout.columns.values() for kind in column.kinds}
        named = {BASE + kind for kind in kinds if "/" in kind}
        named |= {
            f"{BASE}{kind}/{reading.value}"
            for reading in layout.readings
            for kind in layout.columns[reading.column].kinds
        }
        for quad in written(layout):
            node = quad.object
            if isinstance(node, NamedNode) and node.value.startswith(BASE + "scheme/"):
                named.add(node.value)
        assert {each for each in named if "%7B" not in each} <= typed, layout.name


def test_kinds_of_columns_are_declared(known: dict[str, Layout]) -> None:
    """What a column may name is what some table brings into being."""
    declared = {each.kind for layout in known.values() for each in layout.declares}
    for layout in known.values():
        for column in layout.columns.values():
            others = {k for k in column.kinds if k not in LITERALS and "/" not in k}
            assert others <= declared | {"place"}, column
            assert len(column.kinds) == 1 or others == {*column.kinds}, column


def test_no_condition_is_vacuous(content: Content, known: dict[str, Layout]) -> None:
    """Each condition holds for some row of the frozen tables, and fails for another."""
    tables, findings = rows.read(sorted(facts.TABLES.glob("*.csv")), known)
    assert findings == []
    files = content.rdf
    importer = Importer(tables, Register.of(files), Drafts(content.root, files))
    for table in importer.tables:
        named = [importer._by_id(table.layout, row) for row in table.rows]
        conditions: list[Condition] = [condition for condition, _ in table.layout.templates]
        conditions += [each.condition for each in table.layout.readings]
        for condition in filter(lambda each: each.columns, conditions):
            held = [condition.holds(row.cells, table.ids) for row in named]
            read = [each for each in table.layout.readings if each.condition is condition]
            made = {each.value for each in table.layout.readings} & _words(condition)
            assert any(held) or made, (table.layout.name, condition)
            assert not all(held) or read, (table.layout.name, condition)


def _words(condition: Condition) -> set[str]:
    """What the patterns of a condition name: a reading may bring it in."""
    text = " ".join(pattern.pattern for pattern in condition.when.values())
    prefixes = re.findall(r"\(([\w|]+)\)-(\w+)", text)
    joined = {f"{head}-{tail}" for heads, tail in prefixes for head in heads.split("|")}
    return set(re.findall(r"[\w-]+", text)) | joined


def test_fixed_choices_are_concepts(snapshot: Snapshot, known: dict[str, Layout]) -> None:
    """What a layout lists as fixed choices are ids of the scheme that it names."""
    listed = snapshot.engine.quads(None, NamedNode(SKOS + "inScheme"))
    concepts = {str(quad.subject)[1:-1] for quad in listed}
    for layout in known.values():
        for column in layout.columns.values():
            if column.pattern and "/" in column.kinds[0]:
                for choice in column.pattern.pattern.split("|"):
                    assert f"{BASE}{column.kinds[0]}/{choice}" in concepts


# ---------------------------------------------------------------- bad ones


GOOD = """
title = "Things"
row = "a thing"
[columns]
id = { is = "id", required = true }
city = { is = "text" }
country = { is = "jurisdiction" }
source = { is = "source", many = true }
[[declares]]
kind = "thing"
address = "id/thing/{id}"
[[write]]
to = "record"
when = { city = "^$" }
turtle = "{self} skos:note {city} ."
"""


def load(folder: Path, text: str) -> dict[str, Layout]:
    path = folder / "ontology/tables/things.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return layouts.load(Content(folder))


def test_a_good_layout_is_read(tmp_path: Path) -> None:
    """The one that the bad ones below are made of."""
    layout = load(tmp_path, GOOD)["things"]
    assert layout.header == ["id", "city", "country", "source"]
    assert layout.key == "id"
    assert layout.idle == {"country"}


COLUMNS = "there are id, city, country, source"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Things"', "", "the layout lacks title"),
        ('title = "Things"', "title = 1", "the layout: title must be a text"),
        ('row = "a', 'rows = 1\nrow = "a',
         ("the layout does not know rows; it has title, row, columns, declares, readings, "
         "repeats, write")),
        ("city = {", "city = 1 #", "column city must be a table"),
        ('city = { is = "text"', 'city = { is = "text", need = true',
         ("column city does not know need; it has is, required, many, of, within, unknown, "
         "language, pattern")),
        ('city = { is = "text" }', "city = { }", "column city lacks is"),
        ("required = true", "required = 1", "column id: required must be true or false"),
        ('{ is = "text" }', "{ is = 1 }", "column city: is must be a text or a list"),
        ('{ is = "text" }', '{ is = "text", pattern = "(" }',
         "column city: '(' is no pattern: missing ), unterminated subpattern at position 0"),
        ('{ is = "text" }', '{ is = "text", unknown = "drop" }',
         "column city: unknown is 'drop', it can only be 'skip'"),
        ("[columns]", '[columns]\nplace = { is = "place", of = "town", within = "country" }',
         f"there is no column town; {COLUMNS}"),
        ('{ is = "text" }', '{ is = "text", language = "{tongue}" }',
         f"there is no column tongue; {COLUMNS}"),
        ("kind =", "sort =",
         ("declares 1 does not know sort; it has kind, address, names, when, unless, within, "
         "outside")),
        ('kind = "thing"', 'kind = "thing"\nnames = ["name"]',
         f"there is no column name; {COLUMNS}"),
        ('{ is = "text" }', "{ is = [] }", "column city: is must be a list of texts"),
        ("id/thing/{id}", "id/thing/{city}",
         "declares 1: the address id/thing/{city} is the same for all rows"),
        ("[[write]]", '[repeats]\nkey = ["id"]\n[[write]]', "repeats lacks order"),
        ("[[write]]", '[repeats]\nkey = [1]\norder = ["id"]\n[[write]]',
         "repeats: key must be a list of texts"),
        ('{ city = "^$" }', "{ city = 1 }",
         "write 1: 1 is no pattern: first argument must be string or compiled pattern"),
        ("[[write]]", '[[readings]]\ncolumn = "kind"\nas = "x"\n[[write]]',
         f"there is no column kind; {COLUMNS}"),
        ('{ city = "^$" }', '{ town = "." }', f"there is no column town; {COLUMNS}"),
        ('{ city = "^$" }', '{ city = "[" }',
         "write 1: '[' is no pattern: unterminated character set at position 0"),
        ('to = "record"', "", "write 1 lacks to"),
        ('to = "record"', 'to = "record"\nmode = "once"',
         "write 1: mode is 'once', expected add or default or replace"),
        ('source = { is = "source", many = true }', "",
         "write 1 goes to a record, and there is no column source to name it by"),
        ("{self} skos", "{me} skos", "write 1 has the hole {me}, which is no column"),
        ("{city} .", "<id/{city|upper}> .", "write 1: {city|upper} is not one of hash, lower"),
        ("skos:note {city}", "{city} 1", "write 1: a hole cannot stand for a property"),
        ("{city} .", "[ skos:note {city} ] .",
         "write 1: a template can have no blank nodes: give the thing an address"),
    ],
)  # fmt: skip
def test_a_bad_layout_is_told_with_its_reason(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """File and reason, in words for who writes layouts."""
    assert old in GOOD
    with pytest.raises(SourceError) as error:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(error.value) == f"{tmp_path}/ontology/tables/things.toml: {message}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{city} .", "{city} ;;; x", "write 1: line 1 is not Turtle: "),
        ("skos:note", "skoss:note", "write 1: line 1 is not Turtle: The prefix skoss:"),
        ("[columns]", "[columns", "Expected ']' at the end of a table declaration"),
    ],
)
def test_what_a_parser_refuses_is_told_with_its_words(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """The line is that of the template, not of what stands before it."""
    with pytest.raises(SourceError) as error:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(error.value).startswith(f"{tmp_path}/ontology/tables/things.toml: {message}")


def test_the_command_could_not_run_with_a_bad_layout(tmp_path: Path) -> None:
    """A curator sees one line, and exit code 2."""
    with pytest.raises(SourceError):
        load(tmp_path, "title = 1")
    table = tmp_path / "things.csv"
    table.write_text("id\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["import", str(table), "--into", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"iisgraph: {tmp_path}/ontology/tables/things.toml: the layout lacks columns, row, write\n"
    )


# ---------------------------------------------------------------- documents


def test_the_document_lists_the_tables_as_they_are(known: dict[str, Layout]) -> None:
    """Between its marks, docs/tables.md is what `layouts_page` gives."""
    _, rest = DOCUMENT.read_text(encoding="utf-8").split(MARKS[0])
    assert rest.split(MARKS[1])[0] == page.layouts_page(known)


def test_the_document_explains_each_key() -> None:
    """Whoever writes a layout finds each key that there is, and none that is not."""
    text = DOCUMENT.read_text(encoding="utf-8").split("## Writing a layout")[1]
    keys = {key.rstrip("!") for part in layouts._KEYS.values() for key in part}
    listed = set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))
    assert listed == keys
    for word in (*MODES, *(f"|{form}}}" for form in FORMS), *LITERALS, "{self}", "{n}"):
        assert word in text


def test_the_finding_in_the_document_is_one(tmp_path: Path) -> None:
    """The example is what the command says."""
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = re.search(r"^memberships\.csv:2:4: error: (.+) \[table\]$", text, re.MULTILINE)
    assert shown
    (tmp_path / "data").mkdir()
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    table = tmp_path / "memberships.csv"
    header = ",".join(facts.table("memberships")[0])
    table.write_text(f"{header}\nsco,IND,member,9 June 2017,,alpha\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["import", str(table), "--into", str(tmp_path)])
    assert shown[0].partition(":")[2] in result.stdout
