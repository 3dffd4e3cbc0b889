"""What is known by name: every thing of the graph, by its kind and its id or a label.

A cell may name a thing by the end of its address (`sco`) or by any of its names in
any language (`ШОС`), as long as only one thing of the kind bears it.
"""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from iisgraph.engine import Literal, NamedNode, triples
from iisgraph.read import File
from iisgraph.vocab import BASE, IIS, SKOS

PLACE: Final = "place"
JURISDICTION: Final = "jurisdiction"
_JURISDICTIONS: Final = {"state", "territory", "former-state"}
_LABELS: Final = {
    SKOS + "prefLabel",
    SKOS + "altLabel",
    SKOS + "hiddenLabel",
    IIS + "abbreviation",
    IIS + "officialName",
}


class Register:
    """Things by kind, such as `organisation`, `jurisdiction`, `place`, `scheme/role`, `source`."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, NamedNode]] = defaultdict(dict)
        self._names: dict[str, dict[str, set[NamedNode]]] = defaultdict(lambda: defaultdict(set))

    @classmethod
    def of(cls, files: Iterable[File]) -> "Register":
        """All things that files say something about.

        Raises:
            SourceError: if a file cannot be read or parsed.
        """
        register = cls()
        for file in files:
            register._read(file)
        return register

    def _read(self, file: File) -> None:
        for subject, predicate, value in triples(file.quads):
            if not isinstance(subject, NamedNode):
                continue
            kind, slug = _placed(subject.value)
            if kind and slug:
                self._ids[kind].setdefault(slug, subject)
                if predicate.value in _LABELS and isinstance(value, Literal):
                    self._names[kind][_folded(value.value)].add(subject)

    def declare(self, kind: str, slug: str, address: str, names: Iterable[str] = ()) -> NamedNode:
        """Make a thing known, and give its IRI; a thing known before keeps its own."""
        node = self._ids[kind].setdefault(slug, NamedNode(BASE + address))
        for name in filter(None, names):
            self._names[kind][_folded(name)].add(node)
        return node

    def ids(self, kinds: Iterable[str]) -> set[str]:
        """The ids of all things of these kinds."""
        return {each for kind in kinds for each in self._ids.get(kind, ())}

    def find(self, kinds: Sequence[str], text: str) -> NamedNode | None:
        """The one thing of these kinds with this id or name, or None."""
        found = self._with_id(kinds, text) or self._with_id(kinds, slug(text))
        if found:
            return found
        named = self.bearers(kinds, text)
        return named.pop() if len(named) == 1 else None

    def _with_id(self, kinds: Iterable[str], text: str) -> NamedNode | None:
        found = (self._ids[kind].get(text) for kind in kinds if kind in self._ids)
        return next(filter(None, found), None)

    def bearers(self, kinds: Iterable[str], name: str) -> set[NamedNode]:
        """All things of these kinds that bear a name."""
        folded = _folded(name)
        return {
            node
            for kind in kinds
            if kind in self._names
            for node in self._names[kind].get(folded, ())
        }

    def place(self, country: str, city: str) -> NamedNode | None:
        """The city of a country: one known by this name there, else a new one.

        None if no address can be made of the name.
        """
        within = f"{BASE}id/place/{country}/"
        named = {n for n in self.bearers([PLACE], city) if n.value.startswith(within)}
        if len(named) == 1:
            return named.pop()
        path = f"{country}/{slug(city)}"
        return self.declare(PLACE, path, f"id/place/{path}") if slug(city) else None

    def near(self, kinds: Iterable[str], text: str) -> list[str]:
        """Ids of up to three things of these kinds whose id or name looks like the text."""
        known: dict[str, str] = {}
        for kind in kinds:
            for name, nodes in self._names.get(kind, {}).items():
                known[name] = min(tail(node) for node in nodes)
            known |= {_folded(each): each for each in self._ids.get(kind, {})}
        close = difflib.get_close_matches(_folded(text), known, 3, 0.7)
        return list(dict.fromkeys(known[each] for each in close))


def slug(text: str) -> str:
    """The form of a name in an address: `São Paulo` becomes `sao-paulo`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower().replace("'", "")))


def tail(node: NamedNode) -> str:
    """What stands for a thing in the address of another: the end of its own."""
    return node.value.rpartition("/")[2]


def _placed(iri: str) -> tuple[str, str]:
    """Kind and id of an IRI of ours; both empty for any other."""
    path = iri.removeprefix(BASE)
    if path == iri:
        return "", ""
    head, _, rest = path.removeprefix("id/").partition("/")
    if head in _JURISDICTIONS:
        return JURISDICTION, rest
    if head == "scheme":
        scheme, _, concept = rest.partition("/")
        return f"scheme/{scheme}", concept
    return head, rest


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
