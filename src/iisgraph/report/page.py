"""The page on the data, `docs/data.md`: words written by hand around figures that are counted."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from iisgraph import query
from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.report import figures, sources
from iisgraph.report.languages import LANGUAGES, languages
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import XSD, shorten

_PAGE: Final = """\
<!-- Made by `iisgraph report data --out docs/data.md`; its words stand in src/iisgraph/report/. -->

# The data

What this graph holds, how it came about, what it lacks, and how far its sources carry.
Every figure is counted from the graph itself.
To look closer, ask: `iisgraph questions` lists ready questions, `iisgraph query` takes any other.

{overall}

## What is covered

### By class

For each class, how many of its things no record, one record or several say something about or point
to; then how many records that are, and on how many sources they rest.
What stands in several records is attested more than once.
What stands in none is known by name alone, such as the city of a seat that nothing has happened in.

{classes}

### By year

What happened when, by the earliest date that a source gives; votes count in the year of their
document. Years before 2000 are put together by decade. What has no date stands
[below](#what-is-missing).

{years}

## Method

**A record is what one source says.** Each source has a record of its own, which is a named graph;
two sources that disagree are two records, and both stay.
Where a fact rests on several sources read together, it stands in a *joint* record that names all
of them, since none of them alone says all of it.

**Names are ours, facts are theirs.** Addresses, types, names by language and codes stand in
`data/reference/` and claim nothing about the world. Everything that happened stands in a record.

**Judgements are marked.** Where we had to read a source in one way rather than another, an
editorial note says so; the notes are [listed below](#editorial-notes). They never change what a
record says.

**A date is kept as it is known.** A year stays a year. A rule adds the first and the last day that
it can mean, so that a question about a day has two answers, *certainly* and *possibly*.

**A disagreement is a contest.** Where a property can have one value only and records give values
that cannot all hold, a rule names the values and the records. A year and a day within that year
agree. Nothing is averaged or dropped.

**A blank means: not stated.** Lists of participants and signatories are often partial, so absence
from a list proves nothing. What a source denies is a denial, with its source.

**Rank orders and never hides.** Each source has a kind, and each kind a rank by how near the
publisher stands to the facts.

## What is missing

### Blanks

Things of which no source of ours states what one would expect to know.

{blanks}

### Memberships without a start, by organisation

They held at some time, and no source of ours says since when.

{undated_memberships}

### Actions without a date, by agreement

{undated_actions}

### Editions without a first day or a place, by forum

{unplaced_editions}

### Seats in groups

The number of seats stated is that in the words of the mandate ("25 experts").

{seats}

### Languages

How many things lack a name in a language; `iisgraph report languages --missing ru` lists them.

{languages}

## How far the sources carry

### Kinds of sources

Many records rest on several sources. In the last two columns a record counts once, with its best
source: those of the lowest ranks have nothing better to rest on and are to be confirmed first.

{kinds}

### The best source of each thing

Things that records describe, by the rank of the best source that any of these records rests on.

{best}

### Disagreements

{contests}

### Editorial notes

Our own remarks on how to read the data: what each is about, on how many things it is, and the first
of these by name.

{notes}

## Licences

Our compilation is CC BY 4.0; see `LICENSE-DATA.md`.
A data set is taken over by whole columns, so its licence matters; single facts can be taken from
any source. *Share-alike* licences ask that copies keep their terms.
The statements of a record that rests on several data sets count for each of them.

{licences}

The licences of all other sources:

{other_licences}
"""

_SPECIAL: Final = re.compile(r"([\\|<*`])")


def data_page(snapshot: Snapshot) -> str:
    """The page in Markdown; equal data give an equal page."""
    tables = {name: _answered(snapshot, text) for name, text in queries().items()}
    return _PAGE.format(**tables, languages=_languages(snapshot))


def queries() -> dict[str, str]:
    """The query of each table of the page, by the table's name there."""
    return {
        name.lower(): text
        for module in (figures, sources)
        for name, text in vars(module).items()
        if name.isupper()
    }


def rows_of(snapshot: Snapshot, name: str) -> tuple[list[str], list[list[Term | None]]]:
    """Heads and rows of a table of the page, by its name there.

    Raises:
        KeyError: if there is no such table.
    """
    return _rows(snapshot, queries()[name])


def _rows(snapshot: Snapshot, sparql: str) -> tuple[list[str], list[list[Term | None]]]:
    answer = query.answer(snapshot, sparql)
    heads = [name.replace("_", " ").strip() for name in answer.variables]
    return heads, [[row.get(name) for name in answer.variables] for row in answer.rows()]


def _answered(snapshot: Snapshot, sparql: str) -> str:
    """The answer to a query as a table."""
    heads, rows = _rows(snapshot, sparql)
    return table(heads, rows) if rows else "None."


def _languages(snapshot: Snapshot) -> str:
    heads = ["Class", "Things", *LANGUAGES]
    rows: list[list[Term | None]] = []
    for of_class, group in groupby(languages(snapshot), lambda each: each.of_class):
        found = list(group)
        counts = [found[0].named + found[0].missing, *(each.missing for each in found)]
        rows.append([NamedNode(of_class), *(Literal(number) for number in counts)])
    return table(heads, rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[Term | None]]) -> str:
    """Lines of a Markdown table; columns with a number in them are set to the right."""
    numeric = [any(map(_is_number, column)) for column in zip(*rows, strict=True)]
    rule = ["---:" if number else "---" for number in numeric]
    lines: Iterator[Sequence[str]] = ([_cell(term) for term in row] for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def _is_number(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "integer"


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return f"`{shorten(term.value).strip('<>')}`"
    return _SPECIAL.sub(r"\\\1", " ".join(term.value.split()))
