"""A small content: ontology, some records, and what these refer to, laid out as in the whole."""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from iisgraph.engine import NamedNode
from iisgraph.layout import rewrite
from iisgraph.read import Content, File, files
from iisgraph.vocab import BASE

ROOT = Path(__file__).parents[1]


def excerpt(folder: Path, records: Iterable[str]) -> Path:
    """The folder, filled: a check of it takes seconds where one of the whole takes many."""
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    for copied in ("data/dataset.ttl", *records):
        (folder / copied).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / copied, folder / copied)
    described = [*files(ROOT / "data/reference"), File(ROOT / "data/sources.ttl", "urn:x")]
    wanted = reachable(mentioned(Content(folder)), described)
    notes = File(ROOT / "data/editorial.ttl", "urn:x")
    wanted |= {note for note, things in links([notes]).items() if things <= wanted}
    (folder / "data/reference").mkdir()
    for file in [*described, notes]:
        quads = [q for q in file.quads if getattr(q.subject, "value", "") in wanted]
        if quads:
            path = folder / file.path.relative_to(ROOT)
            path.write_text(rewrite(file, quads), encoding="utf-8")
    return folder


def mentioned(content: Content) -> set[str]:
    """The IRIs that files and queries of a content name."""
    queries = "".join(path.read_text(encoding="utf-8") for path in content.queries)
    terms = (term for f in content.rdf for q in f.quads for term in (q.subject, q.object))
    named = {term.value for term in terms if isinstance(term, NamedNode)}
    return named | set(re.findall(rf"<({re.escape(BASE)}[^>]+)>", queries))


def links(described: Iterable[File]) -> dict[str, set[str]]:
    """The IRIs that each thing points to."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in (quad for file in described for quad in file.quads):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found[quad.subject.value].add(quad.object.value)
    return found


def reachable(start: Iterable[str], described: Iterable[File]) -> set[str]:
    """The IRIs that the descriptions of these lead to, step by step."""
    leads = links(described)
    found: set[str] = set()
    queue = list(start)
    while queue:
        iri = queue.pop()
        if iri not in found:
            found.add(iri)
            queue.extend(leads.get(iri, ()))
    return found
