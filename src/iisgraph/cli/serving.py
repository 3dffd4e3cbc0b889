"""`iisgraph serve`, and `iisgraph config`, which shows what it would be set to."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import click

from iisgraph import archives, read
from iisgraph.api import open_graph
from iisgraph.cli.terminal import Progress, show_findings
from iisgraph.errors import SourceError
from iisgraph.printable import plain
from iisgraph.settings import SEVERAL, Settings, explanations, origins, shown
from iisgraph.snapshot import Snapshot

_SERVE: Final = """\b
iisgraph serve
iisgraph serve --port 9000 --query-seconds 30
"""
_CONFIG: Final = """\b
iisgraph config
iisgraph config --port 9000 --format json
"""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What to serve, and one flag for each setting with its line of help and default."""
    for each in reversed(fields(Settings)):
        flag = f"--{each.name.replace('_', '-')}"
        line = f"{explanations()[each.name]} [{shown(each.default)}]"
        if each.type is bool:
            command = click.option(flag, is_flag=True, default=None, help=line)(command)
        elif each.type == SEVERAL:
            command = click.option(flag, multiple=True, help=line)(command)
        else:
            command = click.option(flag, type=each.type, help=line)(command)
    unchecked = "Serve --data without checking it."
    command = click.option("--no-check", is_flag=True, default=None, help=unchecked)(command)
    folder = "A content folder, checked first. [packaged data]"
    return click.option("--data", metavar="PATH", help=folder)(command)


@click.command("serve", epilog=_SERVE)
@_options
def serve_command(*, data: str | None, no_check: bool | None, **flags: Any) -> None:
    """Serve pages and a read-only SPARQL endpoint.

    Each option below --no-check can also be set as a variable: IISGRAPH_PORT,
    IISGRAPH_HOST … How to serve the public is told in docs/serving.md.
    """
    from iisgraph.web.server import serve

    settings = Settings.read(os.environ, **flags)

    def reload() -> Snapshot:
        archives.find(settings.archive)
        return _read(data, no_check=no_check)

    snapshot = reload()

    def ready(address: str) -> None:
        click.echo(f"{len(snapshot)} statements, release {snapshot.release[:12]}", err=True)
        click.echo(f"serving at {address} (stop with Ctrl-C)", err=True)

    serve(snapshot, settings, ready, reload)


@click.command("config", epilog=_CONFIG)
@_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def config_command(form: str, **flags: Any) -> None:
    """Show what `serve` with the same options would be set to, and by what.

    A flag beats a variable, and a variable beats the default. Nothing is started.

    Exit code: 0 `serve` would take it, 2 it would not.
    """
    found = _in_force(flags)
    if form == "json":
        told = {name: {"value": value, "from": origin} for name, (value, origin) in found.items()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    width = max(len(name) for name in found)
    for name, (value, origin) in found.items():
        click.echo(f"{name:{width}}  {plain(shown(value)):10}  {origin}")


def _in_force(flags: Mapping[str, Any]) -> Mapping[str, tuple[Any, str]]:
    """What is served and each setting, with where it comes from.

    Raises:
        SettingError, SourceError: if `serve` would not take them.
    """
    given = dict(flags)
    data, no_check = given.pop("data"), given.pop("no_check")
    archives.find(Settings.read(os.environ, **given).archive)
    return {
        "data": (data, "--data") if data else (str(read.default_content().root), "default"),
        "no_check": (True, "--no-check") if no_check else (False, "default"),
        **origins(os.environ, **given),
    }


def _read(data: str | None, *, no_check: bool | None) -> Snapshot:
    """The snapshot of the files as they are now, if they pass."""
    if data and not no_check:
        _refuse_unchecked(Path(data))
    return open_graph(data).snapshot


def _refuse_unchecked(path: Path) -> None:
    from iisgraph import gate

    content = read.content_at(path)
    if content is None:
        return
    with Progress("check") as progress:
        findings = gate.check(content, (), progress)
    if not gate.passes(findings):
        show_findings(findings)
        raise SourceError("is not served with errors; mend them, or pass --no-check", path)
