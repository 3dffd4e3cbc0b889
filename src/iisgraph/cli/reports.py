"""`iisgraph report`: what the graph holds and what it lacks, counted."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import groupby
from pathlib import Path
from typing import Final

import click

from iisgraph import export, questions, read
from iisgraph import report as reporting
from iisgraph.api import open_graph
from iisgraph.cli.terminal import Progress
from iisgraph.engine import Quad
from iisgraph.printable import counted, plain
from iisgraph.report import LANGUAGES, Coverage, Unnamed, Use
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import shorten

_EXAMPLES: Final = """\b
iisgraph report languages
iisgraph report languages --missing ru --class iis:Document
iisgraph report coverage
iisgraph report coverage --data mine/ --shapes shapes.ttl --unreached
iisgraph report data --out docs/data.md
"""

_data_option = click.option("--data", metavar="PATH", help="A folder or file. [packaged data]")


@click.group("report", epilog=_EXAMPLES)
def report() -> None:
    """Count what the graph holds and what it lacks."""


@report.command("languages", epilog=_EXAMPLES)
@click.option("--missing", type=click.Choice(LANGUAGES), help="List what lacks a name in it.")
@click.option("--class", "of_class", metavar="CLASS", help="Only these, such as iis:State.")
@_data_option
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text")
def languages_command(
    missing: str | None, of_class: str | None, data: str | None, form: str
) -> None:
    """Show in which languages things have names, class by class, and how many lack one.

    A cell of the table tells how many have a name and, after the minus, how many lack it.
    """
    if of_class and not missing:
        raise click.UsageError("--class goes with --missing LANGUAGE")
    snapshot = _read(data)
    if missing:
        lacking = reporting.unnamed(snapshot, missing, of_class)
        click.echo(_unnamed(lacking) if form == "text" else _written(Unnamed, lacking, form))
    else:
        found = reporting.languages(snapshot)
        click.echo(_matrix(found) if form == "text" else _written(Coverage, found, form))


@report.command("coverage", epilog=_EXAMPLES)
@_data_option
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Shapes of data that is no content folder; may be repeated.",
)
@click.option("--unreached", is_flag=True, help="Only what no shape reaches.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text")
def coverage_command(
    data: str | None, shapes: tuple[Path, ...], form: str, *, unreached: bool
) -> None:
    """Show for each class and property how many nodes, shapes and questions use it.

    What has no shape is checked by nothing; what has no node is declared in vain.
    """
    snapshot = _read(data)
    found = reporting.uses(snapshot, _shapes(snapshot, shapes), _questions(snapshot))
    found = [use for use in found if not (unreached and use.shapes)]
    click.echo(_uses(found) if form == "text" else _written(Use, found, form))


def _shapes(snapshot: Snapshot, paths: Sequence[Path]) -> list[Quad]:
    """The shapes at paths, else those of the content."""
    files = snapshot.content.shapes if snapshot.content and not paths else read.named(paths)
    return [quad for file in files for quad in file.quads]


def _questions(snapshot: Snapshot) -> dict[str, str]:
    saved = questions.load(snapshot.content) if snapshot.content else {}
    return {name: question.sparql for name, question in saved.items()}


@report.command("data", epilog=_EXAMPLES)
@click.option("--out", type=click.Path(path_type=Path), help="The file to write. [stdout]")
@_data_option
def data_command(out: Path | None, data: str | None) -> None:
    """Write the page on the data: coverage, method, gaps, weak sources and licences."""
    page = reporting.data_page(_read(data))
    if out is None:
        click.echo(page, nl=False)
    else:
        export.write(out, page.encode())


def _read(data: str | None) -> Snapshot:
    with Progress("report") as progress:
        progress("reading the data")
        return open_graph(data).snapshot


def _matrix(found: Sequence[Coverage]) -> str:
    rows = []
    for of_class, group in groupby(found, lambda each: each.of_class):
        cells = [f"{c.named} -{c.missing}" if c.missing else str(c.named) for c in group]
        rows.append([shorten(of_class), *cells])
    return _table(["class", *LANGUAGES], rows, "r")


def _unnamed(lacking: Sequence[Unnamed]) -> str:
    rows = [[shorten(each.of_class), each.iri, each.english] for each in lacking]
    return f"{_table(['class', 'iri', 'name'], rows, 'l')}\n{counted(len(rows), 'thing')}"


def _uses(found: Sequence[Use]) -> str:
    heads = ["term", "kind", "nodes", "shapes", "questions"]
    rows = [[shorten(u.term), u.kind, *map(str, (u.nodes, u.shapes, u.questions))] for u in found]
    reached = sum(bool(use.shapes) for use in found)
    return f"{_table(heads, rows, 'r')}\nshapes reach {reached} of {counted(len(found), 'term')}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    from prettytable import PrettyTable, TableStyle

    drawn = PrettyTable(heads, align=align)
    drawn.align[heads[0]] = "l"
    drawn.set_style(TableStyle.SINGLE_BORDER)
    drawn.add_rows([[plain(cell) for cell in row] for row in rows])
    return str(drawn)


def _written(kind: type, items: Sequence[Coverage | Unnamed | Use], form: str) -> str:
    """The items for a program: a JSON array, or CSV with a header."""
    rows = [{name.removeprefix("of_"): v for name, v in asdict(item).items()} for item in items]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2)
    names = [each.name.removeprefix("of_") for each in fields(kind)]
    written = io.StringIO()
    writer = csv.DictWriter(written, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().rstrip("\n")
