"""`iisgraph check` and `iisgraph lint`: what is wrong with data, shapes and ontologies."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from iisgraph import export, history, read
from iisgraph.api import to_check
from iisgraph.cli.reporting import Reporting, reporting_options
from iisgraph.cli.terminal import Progress
from iisgraph.cli.watching import watch
from iisgraph.gate import Finding, Repository
from iisgraph.gate.demands import Demands
from iisgraph.gate.endpoint import check_endpoint
from iisgraph.gate.following import FollowingCheck
from iisgraph.gate.mending import mends
from iisgraph.printable import counted, plain
from iisgraph.read import File
from iisgraph.remote import Remote
from iisgraph.shacl import ENGINES

_PATH: Final = click.Path(path_type=Path)
_CHECK: Final = """\b
iisgraph check
iisgraph check --report sarif=out.sarif --report junit=out.xml
iisgraph check data/records/official/sco-infoforum-2017.ttl
iisgraph check --shapes shapes/ data/
iisgraph check --shapes shapes/ --checks rules/ --min-coverage 80 data/
iisgraph check --shapes shapes/ --endpoint https://example.org/sparql
"""
_MOST_BYTES: Final = 256 * 2**20
"""Bytes of one answer of an endpoint."""

_LINT: Final = """\b
iisgraph lint
iisgraph lint ontology/iis.ttl --languages en,ru,zh --profile rl
iisgraph lint --since v1.2.0 my-ontology.ttl
"""


def _demanding(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how to check; the command is given one `demands`."""

    @wraps(command)
    def run(
        *, engine: Any, verify: float, min_coverage: float | None, mute: Any, **others: Any
    ) -> None:
        wishes = Demands(engine=engine, verify=verify, min_coverage=min_coverage, muted=mute)
        command(demands=wishes, **others)

    for option in reversed(_DEMANDS):
        run = option(run)
    return run


def _address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An address of an endpoint as it was given.

    Raises:
        click.BadParameter: if it is none that can be asked.
    """
    if value and not value.startswith(("http://", "https://")):
        raise click.BadParameter("must begin with http:// or https://")
    return value


_DEMANDS: Final = (
    click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0],
                 help=f"What judges by shapes. [{ENGINES[0]}]"),
    click.option("--verify", type=click.FloatRange(0, 100), default=0.0, metavar="PERCENT",
                 help="Judge so much of what conforms a second time, by pySHACL. [0]"),
    click.option("--min-coverage", type=click.FloatRange(0, 100), metavar="PERCENT",
                 help="Fail if shapes reach fewer of the classes and properties."),
    click.option("--mute", multiple=True, metavar="RULE[=IRI]",
                 help="Do not tell what this rule finds, or finds on that; no errors."),
)  # fmt: skip


@click.command("check", epilog=_CHECK)
@click.argument("paths", nargs=-1, type=_PATH)
@click.option(
    "--shapes",
    multiple=True,
    type=_PATH,
    metavar="PATH",
    help="Check PATHS against these shapes alone, and not as a part of our content.",
)
@click.option("--checks", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="With --shapes: a folder of queries that must find nothing.")  # fmt: skip
@click.option(
    "--endpoint",
    metavar="URL",
    callback=_address,
    help="With --shapes: check what this SPARQL endpoint holds, and no PATHS.",
)
@_demanding
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, after showing how.")
@click.option("--dry-run", is_flag=True, help="With --fix: only show how.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--watch", is_flag=True, help="Check again at each save, until Ctrl-C.")
@reporting_options
def check_command(
    *,
    paths: tuple[Path, ...],
    shapes: tuple[Path, ...],
    checks: Path | None,
    endpoint: str | None,
    demands: Demands,
    reporting: Reporting,
    **switches: bool,
) -> None:
    """Check ontology and data, or only the files at PATHS together with them.

    Steps: syntax, layout, terms, literals, SHACL, what passes by accident, house rules.
    With --shapes, PATHS are of any RDF repository: syntax, terms, SHACL, what passes by
    accident, and --checks. Nothing is fetched; with --endpoint, that address alone is asked.

    With --fix, slips of one letter in terms, language tags, forgotten datatypes, forms of
    literals and the layout are mended: first all changes are shown, then made if you say yes.

    With --watch, findings that each save has brought or taken away are told as it happens.

    Exit code: 0 no error, 1 errors found, 2 could not run (also: bad syntax).
    What it can tell, and where CI wants it, is told in docs/checking.md.
    """
    if checks and not shapes:
        raise click.UsageError("--checks goes with --shapes")
    if endpoint:
        if not shapes or paths or checks or any(switches.values()) or not demands.are_usual:
            raise click.UsageError("--endpoint goes with --shapes, --mute and reports alone")
        reporting.finish(_at_endpoint(endpoint, shapes, demands))
    if (switches["dry_run"] or switches["yes"]) and not switches["fix"]:
        raise click.UsageError("--dry-run and --yes go with --fix")
    if switches["watch"]:
        if switches["fix"] or reporting.reports or reporting.baseline:
            raise click.UsageError("--watch goes without --fix, --report and --baseline")
        watch(_looking(paths, shapes, checks, demands), _roots(paths, shapes, checks))
        return
    done = _run(paths, shapes, checks, demands)
    if switches["fix"] and _mended(done, dry_run=switches["dry_run"], yes=switches["yes"]):
        done = _run(paths, shapes, checks, demands)
    reporting.finish(done.findings, whole=done.is_whole)


@dataclass(frozen=True)
class _Done:
    """What a check found, in which files, and whether it looked at all there is."""

    findings: Sequence[Finding]
    files: Sequence[File]
    is_whole: bool


def _run(
    paths: tuple[Path, ...], shapes: tuple[Path, ...], checks: Path | None, demands: Demands
) -> _Done:
    from iisgraph import gate

    if shapes:
        repository = _repository(paths, shapes, checks)
        with Progress("check") as progress:
            found = gate.check_repository(repository, demands, progress)
        return _Done(found, repository.files, is_whole=True)
    content, given = to_check(paths)
    with Progress("check") as progress:
        found = gate.check(content, given, progress, demands)
    return _Done(found, given or content.rdf, is_whole=not given)


def _at_endpoint(url: str, shapes: tuple[Path, ...], demands: Demands) -> Sequence[Finding]:
    files = read.foreign(shapes, Path.cwd())
    with Progress("check") as progress:
        progress(f"asking {url}")
        return check_endpoint(Remote(url, most=_MOST_BYTES), files, demands)


def _looking(
    paths: tuple[Path, ...], shapes: tuple[Path, ...], checks: Path | None, demands: Demands
) -> Callable[[], Sequence[Finding]]:
    """What checks once more; of a whole content only what has changed."""
    if not shapes:
        content, given = to_check(paths)
        if not given:
            return FollowingCheck(content, demands).findings
    return lambda: _run(paths, shapes, checks, demands).findings


def _roots(
    paths: tuple[Path, ...], shapes: tuple[Path, ...], checks: Path | None
) -> Sequence[Path]:
    """The files and folders that a check reads."""
    if shapes:
        return [*paths, *shapes, *([checks] if checks else [])]
    content, _ = to_check(paths)
    return [*paths, *(content.root / name for name in ("ontology", "data", "queries"))]


def _mended(done: _Done, *, dry_run: bool, yes: bool) -> bool:
    """Show what can be mended, and if it is wanted, mend it; whether it was."""
    planned = list(mends(done.findings, done.files))
    for mend in planned:
        for line in mend.diff.splitlines():
            click.echo(plain(line), err=True)
    told = counted(sum(mend.findings for mend in planned), "finding")
    told += f" in {counted(len(planned), 'file')}"
    if not planned or dry_run:
        click.echo(f"{told} can be mended", err=True)
        return False
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Mend {told}?", err=True)):
        click.echo(f"{told} not mended; to mend without being asked: --yes", err=True)
        return False
    for mend in planned:
        export.write(mend.path, mend.after.encode())
    click.echo(f"{told} mended", err=True)
    return True


def _repository(
    paths: tuple[Path, ...], shapes: tuple[Path, ...], checks: Path | None
) -> Repository:
    if not paths:
        raise click.UsageError("name the data to check: iisgraph check --shapes SHAPES DATA...")
    here = Path.cwd()
    return Repository(
        data=read.foreign(paths, here), shapes=read.foreign(shapes, here), rules=checks
    )


@click.command("lint", epilog=_LINT)
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--languages", default="", metavar="TAG,...", help="Every term has a label in each.")
@click.option("--profile", type=click.Choice(["el", "ql", "rl"]), help="All stays in this OWL 2.")
@click.option("--since", metavar="REVISION", help="No term of it is missing. [the last tag]")
@reporting_options
def lint_command(
    paths: tuple[Path, ...],
    languages: str,
    profile: str | None,
    since: str | None,
    reporting: Reporting,
) -> None:
    """Look an ontology over: labels, definitions, names, circles, orphans, clashes, profile.

    Terms that the last tag declared must still be there, or have been deprecated in it.

    Exit code: 0 no error, 1 errors found, 2 could not run (also: bad syntax).
    """
    from iisgraph.gate.ontology import Wishes, lint

    paths = paths or (read.default_content().root / "ontology/iis.ttl",)
    files = read.foreign(paths, Path.cwd())
    since = since or history.last_tag(files[0].path.parent)
    if since is None:
        click.echo("no tag to compare with: missing terms are not looked for", err=True)
    tags = languages.split(",") if languages else ()
    reporting.finish(lint(files, Wishes(languages=tags, profile=profile, since=since)))
