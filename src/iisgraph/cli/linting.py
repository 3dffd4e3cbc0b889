"""`iisgraph lint`: an ontology looked over."""

import sys
from pathlib import Path
from typing import Final

import click

from iisgraph import history, read
from iisgraph.cli.terminal import COULD_NOT_RUN, show_findings

_EXAMPLES: Final = """\b
iisgraph lint
iisgraph lint ontology/iis.ttl --languages en,ru,zh --profile rl
iisgraph lint --since v1.2.0 my-ontology.ttl
"""


@click.command("lint", epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--languages", default="", metavar="TAG,...", help="Every term has a label in each.")
@click.option("--profile", type=click.Choice(["el", "ql", "rl"]), help="All stays in this OWL 2.")
@click.option("--since", metavar="REVISION", help="No term of it is missing. [the last tag]")
def lint_command(
    paths: tuple[Path, ...], languages: str, profile: str | None, since: str | None
) -> None:
    """Look an ontology over: labels, definitions, names, circles, orphans, clashes, profile.

    Terms that the last tag declared must still be there, or have been deprecated in it.

    Exit code: 0 no error, 1 errors found, 2 could not run (also: bad syntax).
    """
    from iisgraph.check import SYNTAX, passes
    from iisgraph.check.ontology import Wishes, lint

    paths = paths or (read.default_content().root / "ontology/iis.ttl",)
    files = read.foreign(paths, Path.cwd())
    since = since or history.last_tag(files[0].path.parent)
    if since is None:
        click.echo("no tag to compare with: missing terms are not looked for", err=True)
    wishes = Wishes(
        languages=languages.split(",") if languages else (), profile=profile, since=since
    )
    found = lint(files, wishes)
    show_findings(found)
    if any(finding.rule == SYNTAX for finding in found):
        sys.exit(COULD_NOT_RUN)
    sys.exit(0 if passes(found) else 1)
