"""What `query` can be asked beside the answer: sources, another day, and what is odd."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from iisgraph import query
from iisgraph.engine import Answer
from iisgraph.formats import RESULTS, by_name
from iisgraph.printable import plain
from iisgraph.snapshot import Snapshot

if TYPE_CHECKING:
    from iisgraph.diagnose import Note

_JSON: Final = RESULTS[0]


@dataclass(frozen=True)
class Asking:
    """The options of one call."""

    sources: bool
    as_of: str | None
    certainty: str
    explain: bool

    def refuse_endpoint(self) -> None:
        """Say so if an option was given that an endpoint cannot be asked for.

        Raises:
            click.UsageError: naming the options.
        """
        if self.sources or self.explain or self.as_of is not None:
            raise click.UsageError("--sources, --as-of and --explain need the data, not an address")


def asking_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets them as `asking`."""

    def gathered(
        *, sources: bool, as_of: str | None, certainty: str, explain: bool, **others: Any
    ) -> None:
        command(asking=Asking(sources, as_of, certainty, explain), **others)

    gathered.__doc__ = command.__doc__
    gathered.__dict__.update(command.__dict__)  # the options that it has already
    made: Callable[..., None] = gathered
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


_OPTIONS: Final = (
    click.option("--sources", is_flag=True, help="Add to each row the sources behind it."),
    click.option("--as-of", metavar="DAY", help="See the graph as of a day: 2015-01-09."),
    click.option(
        "--certainty",
        type=click.Choice(["certain", "possible"]),
        default="certain",
        help="With --as-of: what certainly was, or all that may have been. [certain]",
    ),
    click.option("--explain", is_flag=True, help="Say what is odd, and why there is no row."),
)


def answer(snapshot: Snapshot, text: str, asking: Asking, form: str | None) -> Answer | bytes:
    """The answer, or with sources as JSON its bytes; remarks go to stderr.

    Raises:
        QueryError, QueryRefused: as `query.answer`.
    """
    if asking.as_of is not None:
        from iisgraph import moment

        day, certainty = moment.day_of(asking.as_of), moment.Certainty(asking.certainty)
        snapshot = moment.as_of(snapshot, day, certainty)
    if not asking.explain:
        return _answer(snapshot, text, asking, form)
    from iisgraph import diagnose

    _say(diagnose.remarks(snapshot, text))
    if _is_empty(query.answer(snapshot, text)):
        _say(diagnose.why_empty(snapshot, text))
    return _answer(snapshot, text, asking, form)


def _answer(snapshot: Snapshot, text: str, asking: Asking, form: str | None) -> Answer | bytes:
    if not asking.sources:
        return query.answer(snapshot, text)
    from iisgraph import provenance

    traced = provenance.trace(snapshot, text)
    if form and by_name(form, RESULTS) is _JSON:
        return provenance.serialize(traced, _JSON)
    return provenance.table(traced)


def _is_empty(found: Answer) -> bool:
    if found.is_graph:
        return not any(found.triples())
    return not (any(found.rows()) if found.variables else found)


def _say(notes: "Iterable[Note]") -> None:
    for note in notes:
        click.echo(plain(f"iisgraph: {note}"), err=True)
