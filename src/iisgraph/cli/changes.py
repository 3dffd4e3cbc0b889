"""`iisgraph diff`: what changed between two releases."""

from pathlib import Path
from typing import Final

import click

from iisgraph import archives, export, questions, read
from iisgraph import diff as differing
from iisgraph.api import open_graph, snapshot_at
from iisgraph.cli.terminal import Progress
from iisgraph.diff import AnswerChange, Difference, GraphChange
from iisgraph.errors import IisgraphError
from iisgraph.printable import counted, plain
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import shorten

_PATH: Final = click.Path(path_type=Path)
_EXAMPLES: Final = """\b
iisgraph diff ../release-0.1.0
iisgraph diff old.trig new.trig
iisgraph diff ../release-0.1.0 --format json --out 0.2.0.json
"""
_LISTED: Final = 3
"""Rows gained, and rows lost, that the text shows of an answer."""


@click.command("diff", epilog=_EXAMPLES)
@click.argument("old", type=_PATH)
@click.argument("new", required=False, type=_PATH)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--out", type=_PATH, help="The file to write. [stdout]")
def diff_command(old: Path, new: Path | None, form: str, out: Path | None) -> None:
    """Show what changed from release OLD to release NEW, or to the packaged data.

    Each is a content folder, or a file that `iisgraph export` wrote. Told are the
    statements that each graph gained and lost, and the saved questions of NEW that
    are answered otherwise. The site shows what is kept as JSON in the folder
    `releases` of the data.
    """
    content = read.content_at(new) if new else read.default_content()
    asked = questions.load(content or read.default_content()).values()
    with Progress("diff") as progress:
        progress("reading the releases")
        before = _release(old)
        after = _release(new) if new else open_graph().snapshot
        progress(f"asking {len(asked)} questions of both")
        found = differing.diff(before, after, asked)
    text = found.as_json() if form == "json" else _told(found)
    if out is None:
        click.echo(text, nl=False)
    elif out.parent.is_dir():
        export.write(out, text.encode())
    else:
        raise IisgraphError(f"{out}: its folder does not exist")


def _release(path: Path) -> Snapshot:
    """The release at a path; a dump is the one that it says, and not one of its own bytes."""
    return archives.at(path).load() if archives.is_dump(path) else snapshot_at(path)


def _told(found: Difference) -> str:
    old, new = found.old, found.new
    lines = [
        f"from release {old.release[:12]} ({counted(old.statements, 'statement')})",
        f"to release   {new.release[:12]} ({counted(new.statements, 'statement')})",
        "",
        f"{counted(len(found.graphs), 'graph')} changed",
        *map(_graph, found.graphs),
        "",
        f"{counted(len(found.answers), 'question')} answered otherwise",
    ]
    for change in found.answers:
        lines += _answer(change)
    return "\n".join(map(plain, lines)) + "\n"


def _graph(change: GraphChange) -> str:
    name = shorten(change.graph).strip("<>").removeprefix("graph/")
    if not change.old:
        return f"  {name}: new, {counted(change.new, 'statement')}"
    if not change.new:
        return f"  {name}: gone, {counted(change.old, 'statement')}"
    return f"  {name}: +{change.gained} -{change.lost}"


def _answer(change: AnswerChange) -> list[str]:
    rows = f"{counted(change.old, 'row')}, now {change.new}"
    lines = [f"  {change.question}: {rows} (+{change.gained_in_all} -{change.lost_in_all})"]
    for sign, shown in (("-", change.lost), ("+", change.gained)):
        lines += [f"    {sign} {' · '.join(row.values())}" for row in shown[:_LISTED]]
    return lines
