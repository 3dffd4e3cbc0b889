"""The edge to the terminal: `iisgraph VERB`. Data goes to stdout, all else to stderr."""

import sys
from pathlib import Path
from typing import Final

import click

from iisgraph import __version__, export, formats, layout, query, questions, read
from iisgraph.api import snapshot_at
from iisgraph.cli.asking import Asking, answer, asking_options
from iisgraph.cli.changes import diff_command
from iisgraph.cli.checking import check_command, lint_command
from iisgraph.cli.exporting import export_command
from iisgraph.cli.reports import report
from iisgraph.cli.serving import config_command, serve_command
from iisgraph.cli.terminal import Group, Progress, show_findings, table, write_out
from iisgraph.engine import Answer
from iisgraph.errors import IisgraphError, SourceError
from iisgraph.formats import GRAPHS, RESULTS
from iisgraph.printable import counted, plain
from iisgraph.read import Content
from iisgraph.remote import Remote
from iisgraph.snapshot import Snapshot, of_content

_PATH: Final = click.Path(path_type=Path)
_RESULT_NAMES: Final = ["table", *(name for f in (*RESULTS, *GRAPHS) for name in f.names)]
_GRAPH_NAMES: Final = [name for f in GRAPHS for name in f.names]
_data_option = click.option(
    "--data", metavar="PATH|URL", help="A folder or file, or a SPARQL endpoint. [packaged data]"
)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="iisgraph")
def main() -> None:
    """The knowledge graph of international information-security cooperation.

    \b
    iisgraph questions                 what can be asked
    iisgraph questions members-today   ask it
    iisgraph query 'SELECT ...'        ask in SPARQL
    iisgraph serve                     pages and a SPARQL endpoint
    iisgraph check                     validate ontology and data
    """


for _command in (
    check_command,
    lint_command,
    report,
    diff_command,
    export_command,
    serve_command,
    config_command,
):
    main.add_command(_command)


def relative(path: Path, start: Path) -> Path:
    """The path as seen from a folder, where it lies below it."""
    return path.relative_to(start) if path.is_relative_to(start) else path


@main.command("fmt")
@click.argument("paths", nargs=-1, required=True, type=_PATH)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if it would.")
def fmt_command(paths: tuple[Path, ...], only_check: bool) -> None:
    """Lay Turtle files out in the one layout.

    Refuses files whose comments would be lost or whose meaning would change.

    \b
    iisgraph fmt data/records/official/sco-infoforum-2017.ttl
    iisgraph fmt --check ontology data
    """
    changed = 0
    for file in read.named(paths):
        if file.path.suffix != ".ttl":
            continue
        text = layout.layout(file).encode()
        if text == file.content:
            continue
        changed += 1
        click.echo(f"{file.path}: {'not in the one layout' if only_check else 'laid out'}")
        if not only_check:
            export.write(file.path, text)
    sys.exit(1 if only_check and changed else 0)


@main.command("query")
@click.argument("sparql", metavar="QUERY|FILE.rq|-")
@_data_option
@click.option("--format", "form", type=click.Choice(_RESULT_NAMES), help="[table, or turtle]")
@asking_options
def query_command(sparql: str, data: str | None, form: str | None, asking: Asking) -> None:
    """Ask a SPARQL query, given as text, as a file, or on standard input.

    \b
    iisgraph query 'SELECT ?s { ?s a iis:State } LIMIT 5'
    iisgraph query --format csv queries/infoforum-2017-organisers.rq
    iisgraph query --data http://127.0.0.1:8000/sparql - < my.rq
    iisgraph query --sources --as-of 2017-06-09 --explain my.rq
    """
    text = _query_text(sparql)
    if data and data.startswith(("http://", "https://")):
        asking.refuse_endpoint()
        _show_answer(Remote(data).query(text), form)
        return
    with Progress("query") as progress:
        progress("reading the data")
        snapshot = _snapshot(data)
    _show_answer(answer(snapshot, text, asking, form), form)


def _query_text(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    path = Path(argument)
    if path.suffix == ".rq" or (len(argument) < 256 and path.is_file()):
        return read.read_text(path)
    return argument


def _snapshot(data: str | None) -> Snapshot:
    return snapshot_at(Path(data)) if data else of_content(read.default_content())


def _show_answer(found: Answer | bytes, form: str | None) -> None:
    if isinstance(found, bytes):
        return write_out(found)
    family = GRAPHS if found.is_graph else RESULTS
    form = form or ("turtle" if found.is_graph else "table")
    chosen = formats.by_name(form, family)
    if chosen:
        return write_out(found.serialize(chosen.media_type))
    if form == "table" and not found.is_graph:
        return click.echo(table(found))
    names = ", ".join(f.names[0] for f in family)
    raise IisgraphError(f"this answer cannot be written as {form}; it can as {names}")


@main.command("questions")
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[PARAMETER=VALUE]...")
@_data_option
@click.option("--format", "form", type=click.Choice(_RESULT_NAMES), help="[table]")
@click.option("--sparql", is_flag=True, help="Show the query and do not ask it.")
def questions_command(
    name: str | None, values: tuple[str, ...], data: str | None, form: str | None, sparql: bool
) -> None:
    """List the saved questions, or ask the one called NAME.

    \b
    iisgraph questions
    iisgraph questions members-on-day day=2017-06-10
    """
    saved = questions.load(read.default_content())
    if name is None:
        for question in saved.values():
            shown = "".join(f" [{p.name}={p.default}]" for p in question.parameters)
            click.echo(f"{question.theme:12} {question.name}{shown}\n{'':13}{question.title}")
        return
    asked = questions.named(saved, name)
    text = asked.ask(dict(_pair(value) for value in values))
    if sparql:
        click.echo(text)
    elif data and data.startswith(("http://", "https://")):
        _show_answer(Remote(data).query(text), form)
    else:
        _show_answer(query.answer(_snapshot(data), text), form)


def _pair(value: str) -> tuple[str, str]:
    name, equals, rest = value.partition("=")
    if not equals:
        raise click.UsageError(f"{value!r} is not of the form parameter=value")
    return name, rest


@main.command("import")
@click.argument("tables", nargs=-1, required=True, type=_PATH, metavar="TABLE.csv...")
@click.option("--into", type=_PATH, help="The content folder to write to. [the checkout]")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
def import_command(tables: tuple[Path, ...], into: Path | None, dry_run: bool) -> None:
    """Put what tables say into records, reference data and editorial notes.

    Every cell is checked first; with a single finding nothing is written. Importing
    again changes nothing, and what was written by hand stays. The columns of each
    table are described in docs/tables.md.

    Exit code: 0 done, 1 findings, 2 could not run.

    \b
    iisgraph import memberships.csv
    iisgraph import --dry-run tables/*.csv
    """
    from iisgraph.tables import plan

    content = _content_folder(into)
    with Progress("import") as progress:
        planned = plan(content, tables, progress)
    if planned.findings:
        show_findings(planned.findings)
        sys.exit(1)
    for change in planned.changes:
        shown = relative(change.path, Path.cwd())
        click.echo(f"{shown}: +{len(change.added)} -{len(change.removed)} statements")
        if dry_run:
            for sign, lines in (("-", change.removed), ("+", change.added)):
                click.echo("".join(f"  {sign} {plain(line)}\n" for line in lines), nl=False)
        else:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            export.write(change.path, change.text.encode())
    done = "would change" if dry_run else "changed"
    click.echo(
        f"{counted(planned.rows, 'row')}, {counted(len(planned.changes), 'file')} {done}", err=True
    )


def _content_folder(into: Path | None) -> Content:
    """The content to import into; the packaged one is no place to write to."""
    if into is None:
        into = read.default_content().root
        if into.name == "content":
            raise click.UsageError("name the content folder to write to: --into PATH")
    content = read.content_at(into)
    if content is None:
        raise SourceError("is no content folder: it has neither ontology/ nor data/", into)
    return content
