"""What a browser needs to find things by name without a server."""

from typing import Any

from iisgraph import describe
from iisgraph.describe import Names
from iisgraph.search.gather import Kind, things
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE


def index(snapshot: Snapshot) -> dict[str, Any]:
    """Names of classes; of each thing address, name, class by number, year, degree, other names."""
    names = Names(snapshot, ())
    found = things(snapshot)
    classes = sorted({thing.of_class for thing in found})
    rows = []
    for thing in found:
        texts = dict.fromkeys(text.value for text in thing.texts if text.kind < Kind.TITLE)
        address = "/" + describe.document_iri(thing.iri).removeprefix(BASE)
        number = classes.index(thing.of_class)
        name = names(thing.iri)[0]
        rows.append([address, name, number, thing.year, thing.degree, *texts])
    return {"classes": [names(each)[0] if each else "" for each in classes], "things": rows}
