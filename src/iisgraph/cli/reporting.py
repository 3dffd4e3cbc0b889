"""How the findings of a command are told: formats, reports to files, baselines, the exit code."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from iisgraph import export, gate
from iisgraph.cli.terminal import COULD_NOT_RUN
from iisgraph.gate import Finding, Severity, baseline
from iisgraph.gate.baseline import Grounds
from iisgraph.gate.formats import NAMES, Outcome, grouped, write
from iisgraph.printable import plain

_LEVELS: Final = [severity.name.lower() for severity in Severity]
_PATH: Final = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """What was asked for by options."""

    form: str
    reports: Sequence[tuple[str, Path]]
    fail_on: Severity
    baseline: Path | None
    grounds: Grounds | None

    def finish(self, findings: Sequence[Finding], *, whole: bool = True) -> NoReturn:
        """Tell the findings in every form that was asked for, and end with the exit code.

        `whole` says that nothing was left out of the check, so that an accepted finding
        which is not among these is gone.

        Raises:
            IisgraphError: if the baseline cannot be read, or a report not be written.
        """
        here = Path.cwd()
        told = [f.at(f.file and gate.relative(f.file, here)) for f in findings]
        outcome = Outcome(sorted(told, key=lambda f: f.key), self.fail_on, root=here)
        if any(finding.rule in gate.UNTRIED for finding in findings):
            self._tell(replace(outcome, complete=False))
            sys.exit(COULD_NOT_RUN)
        if self.grounds and self.baseline:
            _accept(outcome, self.baseline, self.grounds)
            sys.exit(0)
        if self.baseline:
            entries = baseline.load(self.baseline)
            today = datetime.now(UTC).date()
            outcome = baseline.apply(outcome, entries, self.baseline, today, whole=whole)
        self._tell(outcome)
        sys.exit(0 if outcome.conforms else 1)

    def _tell(self, outcome: Outcome) -> None:
        for name, path in self.reports:
            export.write(path, write(outcome, name))
        if self.form == "full" or (self.form == "text" and sys.stdout.isatty()):
            click.echo(grouped.written(outcome, coloured=_has_colours()), nl=False)
        else:
            sys.stdout.buffer.write(write(outcome, self.form))
        if self.form in {"text", "full", "github"}:
            click.echo(outcome.summary, err=True)


def _accept(outcome: Outcome, path: Path, grounds: Grounds) -> None:
    """Write a baseline that accepts what fails; entries that are there stay as they are."""
    known = baseline.load(path) if path.exists() else []
    entries = baseline.extended(outcome, known, grounds)
    export.write(path, baseline.written(entries).encode())
    new = len(set(entries) - set(known))
    gone = len(set(known) - set(entries))
    click.echo(f"{plain(str(path))}: {len(entries)} accepted, {new} new, {gone} gone", err=True)


def _has_colours() -> bool:
    """Whether colours may be used (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.getenv("TERM") != "dumb"


def reporting_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that tells findings; it is given one `reporting`."""

    @wraps(command)
    def run(
        *, form: str, reports: tuple[tuple[str, Path], ...], fail_on: str, **others: Any
    ) -> None:
        names = ("baseline", "write_baseline", "reason", "author", "expires")
        file, is_written, *said = (others.pop(f"{name}_option") for name in names)
        reporting = Reporting(
            form=form,
            reports=reports,
            fail_on=Severity[fail_on.upper()],
            baseline=file,
            grounds=_grounds(file, said) if is_written else None,
        )
        command(reporting=reporting, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _grounds(file: Path | None, said: Sequence[Any]) -> Grounds:
    reason, author, expires = said
    if not (file and reason and author and expires):
        raise click.UsageError(
            "--write-baseline needs --baseline FILE, --reason, --author and --expires"
        )
    return Grounds(reason, author, expires.date())


class _Report(click.ParamType[tuple[str, Path]]):
    """`FORMAT=FILE`."""

    name = "report"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Cut the argument at its first `=`."""
        form, _, path = value.partition("=")
        if form not in NAMES or not path:
            self.fail(f"{value!r} is not FORMAT=FILE; formats: {', '.join(NAMES)}", param, ctx)
        return form, Path(path)


_OPTIONS: Final = (
    click.option(
        "--format",
        "form",
        type=click.Choice(NAMES),
        default="text",
        metavar="FORMAT",
        help=f"How to tell it on stdout: {', '.join(NAMES)}. [text]",
    ),
    click.option(
        "--report",
        "reports",
        type=_Report(),
        multiple=True,
        metavar="FORMAT=FILE",
        help="Write it to a file as well; may be given several times.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(_LEVELS),
        default="error",
        help="The least weight that fails the check. [error]",
    ),
    click.option(
        "--baseline",
        "baseline_option",
        type=_PATH,
        metavar="FILE",
        help="Bear the findings that this Turtle file accepts.",
    ),
    click.option(
        "--write-baseline",
        "write_baseline_option",
        is_flag=True,
        help="Write what fails now into --baseline, and exit 0.",
    ),
    click.option("--reason", "reason_option", help="Why it is accepted."),
    click.option("--author", "author_option", help="Who accepts it."),
    click.option(
        "--expires",
        "expires_option",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="The last day on which it is accepted.",
    ),
)
