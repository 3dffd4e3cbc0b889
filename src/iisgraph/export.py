"""A whole snapshot as one file."""

import os
import tempfile
from pathlib import Path

from iisgraph import archives, engine, layout
from iisgraph.engine import DefaultGraph
from iisgraph.errors import IisgraphError
from iisgraph.formats import Format, Kind
from iisgraph.snapshot import Snapshot


def export(snapshot: Snapshot, rdf_format: Format) -> bytes:
    """Every statement: in its named graph where the format can, else merged.

    Order and names of blank nodes are fixed, so equal releases are equal bytes. TriG and
    N-Quads begin with the release and a digest of the rest, so that they can be served.
    """
    if rdf_format.kind is Kind.DATASET:
        quads = (q for q in snapshot.engine.quads() if not isinstance(q.graph_name, DefaultGraph))
        body = engine.serialize(engine.canonical(quads), rdf_format.media_type)
        is_kept = rdf_format.suffix in archives.DUMPS
        return archives.head(snapshot.release, body) + body if is_kept else body
    merged = snapshot.engine.quads(None, None, None, DefaultGraph())
    return layout.serialize(engine.canonical(merged), rdf_format.media_type)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        IisgraphError: if the folder cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".iisgraph-")
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(content)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)  # still there only after an error
    except OSError as error:
        raise IisgraphError(f"{path}: cannot be written: {error.strerror}") from None
