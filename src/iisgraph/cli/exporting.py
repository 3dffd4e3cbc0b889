"""`iisgraph export`: the whole graph as one file, or the whole site as a folder or one file."""

import sys
from pathlib import Path
from typing import Final

import click

from iisgraph import export, formats, read
from iisgraph.api import snapshot_at
from iisgraph.cli.terminal import Progress, write_out
from iisgraph.formats import GRAPHS, Format
from iisgraph.snapshot import Snapshot, of_content

_PATH: Final = click.Path(path_type=Path)
_NAMES: Final = [name for f in GRAPHS for name in f.names]
_SHOWN: Final = 20
_EXAMPLES: Final = """\b
iisgraph export --out iisgraph.trig
iisgraph export --format jsonld --out iisgraph.json
iisgraph export --site public
iisgraph export --single-file iisgraph.html
"""


@click.command("export", epilog=_EXAMPLES)
@click.option("--format", "form", type=click.Choice(_NAMES), help="[by the file's suffix]")
@click.option("--out", type=_PATH, help="The file to write the graph to, or - for stdout.")
@click.option("--site", type=_PATH, help="The folder to write the site to, for any web host.")
@click.option("--single-file", type=_PATH, help="The HTML file to write the site to, for a disk.")
@click.option("--data", metavar="PATH", help="A folder or file. [packaged data]")
def export_command(
    form: str | None,
    out: Path | None,
    site: Path | None,
    single_file: Path | None,
    data: str | None,
) -> None:
    """Write the whole graph, or the whole site.

    The graph goes into one file; named graphs are kept where the format can. The site
    works without a server: its pages, search, pictures, and SPARQL in the browser.

    Exit code: 0 written, 1 written with links that lead to nothing, 2 not written.
    """
    targets = [target for target in (out, site, single_file) if target]
    if len(targets) != 1:
        raise click.UsageError("name one of --out, --site and --single-file")
    if out:
        _write_graph(out, _chosen(form, out), data)
    elif form:
        raise click.UsageError("--format is of --out; a site has its own")
    else:
        _write_site(targets[0], data, is_single=single_file is not None)


def _chosen(form: str | None, out: Path) -> Format:
    chosen = formats.by_name(form, GRAPHS) if form else formats.by_suffix(out.suffix, GRAPHS)
    if chosen is None:
        raise click.UsageError(f"name a --format ({', '.join(_NAMES)}) for {out}")
    return chosen


def _snapshot(data: str | None) -> Snapshot:
    return snapshot_at(Path(data)) if data else of_content(read.default_content())


def _write_graph(out: Path, form: Format, data: str | None) -> None:
    with Progress("export") as progress:
        progress("reading the data")
        snapshot = _snapshot(data)
        progress("writing")
        content = export.export(snapshot, form)
    if str(out) == "-":
        write_out(content)
    else:
        export.write(out, content)
        click.echo(f"{out}: {len(snapshot)} statements, release {snapshot.release}", err=True)


def _write_site(target: Path, data: str | None, *, is_single: bool) -> None:
    from iisgraph import site

    with Progress("export") as progress:
        progress("reading the data")
        snapshot = _snapshot(data)
        write = site.write_single if is_single else site.write_folder
        report = write(snapshot, target, progress)
    megabytes = report.size / 2**20
    told = f"{report.pages} pages, {report.files} files, {megabytes:.1f} MiB"
    click.echo(f"{target}: {told}, release {snapshot.release}", err=True)
    for page, link in report.broken[:_SHOWN]:
        click.echo(f"{page}: the link to {link} leads to nothing", err=True)
    sys.exit(1 if report.broken else 0)
