"""What is known by name: every thing of the graph, by its kind and its id or a label.

A cell may name a thing by the end of its address (`sco`) or by any of its names in
any language (`ШОС`), as long as only one thing of the kind bears it.
"""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from iisgraph.engine import Literal, NamedNode, triples
from iisgraph.read import Content, File
from iisgraph.vocab import BASE, IIS, SKOS

_LABELS = {
    SKOS + "prefLabel",
    SKOS + "altLabel",
    SKOS + "hiddenLabel",
    IIS + "abbreviation",
    IIS + "officialName",
}
_JURISDICTIONS = {"state", "territory", "former-state"}


class Register:
    """Things by kind: `organisation`, `jurisdiction`, `place`, `scheme/role`, `source` …"""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, NamedNode]] = defaultdict(dict)
        self._names: dict[str, dict[str, set[NamedNode]]] = defaultdict(lambda: defaultdict(set))

    @classmethod
    def of(cls, content: Content) -> "Register":
        """All things that have a name or a type in the files of a content folder."""
        register = cls()
        for file in content.rdf:
            register.read(file)
        return register

    def read(self, file: File) -> None:
        """Take in the things that a file speaks of.

        Raises:
            SourceError: if the file cannot be read or parsed.
        """
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

    def find(self, kinds: Iterable[str], text: str) -> NamedNode | None:
        """The one thing of these kinds with this id or name, or None."""
        for kind in kinds:
            known = self._ids.get(kind, {})
            found = known.get(text) or known.get(slug(text))
            if found:
                return found
        named = {node for kind in kinds for node in self._names[kind].get(_folded(text), ())}
        return named.pop() if len(named) == 1 else None

    def place(self, country: str, city: str) -> NamedNode:
        """The city of a country: one known by this name there, else a new one."""
        within = f"{BASE}id/place/{country}/"
        named = {
            node
            for node in self._names["place"].get(_folded(city), ())
            if node.value.startswith(within)
        }
        if len(named) == 1:
            return named.pop()
        return self.declare("place", f"{country}/{slug(city)}", f"id/place/{country}/{slug(city)}")

    def near(self, kinds: Iterable[str], text: str) -> list[str]:
        """Up to three ids or names of these kinds that look like the text."""
        known = [name for kind in kinds for name in (*self._ids.get(kind, {}), *self._names[kind])]
        return difflib.get_close_matches(text, known, 3, 0.7)


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
        return "jurisdiction", rest
    if head == "scheme":
        scheme, _, concept = rest.partition("/")
        return f"scheme/{scheme}", concept
    return head, rest


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
