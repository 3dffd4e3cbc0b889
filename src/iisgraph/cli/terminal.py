"""How the command line speaks: errors, progress and tables on a terminal."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

import click

from iisgraph.engine import Answer
from iisgraph.errors import IisgraphError, QueryError
from iisgraph.gate import Finding
from iisgraph.gate.formats import Outcome, write
from iisgraph.printable import counted, plain

COULD_NOT_RUN: Final = 2
BUG: Final = 3


class Group(click.Group):
    """Shows our errors as one line and exits with 2; a bug exits with 3."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command, and turn what it raises into a line and an exit code."""
        try:
            return super().invoke(context)
        except IisgraphError as error:
            click.echo(f"iisgraph: {error}{_place(error)}", err=True)
            context.exit(COULD_NOT_RUN)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        except Exception:  # noqa: BLE001 - a bug must look neither like findings nor like bad input
            traceback.print_exc()
            click.echo("iisgraph: this is a bug; please report it with the lines above", err=True)
            context.exit(BUG)


def _place(error: IisgraphError) -> str:
    if isinstance(error, QueryError) and error.line is not None:
        return f" (line {error.line}, column {error.column})"
    return ""


class Progress:
    """Says on a terminal what is being done, and leaves nothing behind."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, step: str) -> None:
        """Say that this step has begun."""
        if self._shown:
            click.echo(f"\r\x1b[K{self._verb}: {step} …", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def table(answer: Answer) -> str:
    """Bindings as a table with their number, a boolean as yes or no."""
    if not answer.variables:
        return "yes" if answer else "no"
    from prettytable import PrettyTable, TableStyle

    drawn = PrettyTable(answer.variables, align="l")
    drawn.set_style(TableStyle.SINGLE_BORDER)
    for row in answer.rows():
        values = (getattr(row.get(name), "value", "") for name in answer.variables)
        drawn.add_row([plain(value) for value in values])
    return f"{drawn}\n{counted(len(drawn.rows), 'row')}"


def show_findings(findings: Sequence[Finding]) -> None:
    """A line for each finding, and how many there are on stderr."""
    outcome = Outcome(findings)
    click.echo(write(outcome, "text"), nl=False)
    click.echo(outcome.summary, err=True)


def write_out(content: bytes) -> None:
    """Write data to stdout, ended by a line break."""
    end = b"" if content.endswith(b"\n") else b"\n"
    sys.stdout.buffer.write(content + end)
