"""`iisgraph check --watch`: what each save has brought and taken away."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from iisgraph import gate
from iisgraph.errors import IisgraphError
from iisgraph.gate import Finding
from iisgraph.printable import counted, plain
from iisgraph.saves import saves

_TICK = 0.1


def watch(look: Callable[[], Sequence[Finding]], roots: Sequence[Path]) -> None:
    """Check once more after each save until Ctrl-C; tell findings that are new or gone.

    What cannot be checked, such as a file that is broken in the middle of an edit, is told,
    and the findings before it stay what the next ones are held against.
    """
    known = _looked(look, Counter())
    try:
        for _ in saves(roots, _TICK):
            known = _looked(look, known)
    except KeyboardInterrupt:
        click.echo(err=True)


def _looked(look: Callable[[], Sequence[Finding]], known: Counter[str]) -> Counter[str]:
    started = time.perf_counter()
    try:
        found = look()
    except IisgraphError as error:
        click.echo(f"not checked: {plain(str(error))}", err=True)
        return known
    untried = [finding for finding in found if finding.rule in gate.UNTRIED]
    if untried:
        for finding in untried:
            click.echo(f"not checked: {_place(finding)}{_without_place(finding)}", err=True)
        return known
    now = Counter(_without_place(finding) for finding in found)
    new = now - known
    for finding in found:
        text = _without_place(finding)
        if new[text]:
            new[text] -= 1
            click.echo(f"new: {_place(finding)}{text}")
    for text in (known - now).elements():
        click.echo(f"gone: {text}")
    seconds = time.perf_counter() - started
    click.echo(f"{counted(now.total(), 'finding')}, {seconds:.1f} s; Ctrl-C ends", err=True)
    return now


def _without_place(finding: Finding) -> str:
    """The finding as it stays the same where lines have moved."""
    about = f"{plain(finding.focus)} " if finding.focus else ""
    return f"{finding.severity.name.lower()}: {about}{plain(finding.message)} [{finding.rule}]"


def _place(finding: Finding) -> str:
    if not finding.file:
        return ""
    path = plain(str(gate.relative(finding.file, Path.cwd())))
    return f"{path}:{finding.line}:{finding.column}: " if finding.line else f"{path}: "
