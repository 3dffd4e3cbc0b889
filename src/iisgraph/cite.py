"""What can be cited, an answer or an entry: its address, and what reference managers read."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Term
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DCTERMS, PREFIXES, RDFS, XSD

_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "{}%&#_$"},
}
_DATATYPES: Final = {
    XSD + name: name
    for name in (
        "integer", "decimal", "double", "float", "boolean", "string",
        "date", "dateTime", "time", "gYear", "gYearMonth", "gMonthDay", "duration",
    )
}  # fmt: skip
"""Datatypes that CSVW names as XML Schema does."""

_NUMBERS: Final = ("integer", "decimal", "double")
"""Datatypes each of which holds the values of those before it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All that shapes an answer, and so belongs in its address.

    `release` is the whole hash; what is empty is left out of the address.
    """

    query: str
    release: str = ""
    as_of: date | None = None
    certainty: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    provenance: bool = False
    language: str = ""
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Citation:
    """An answer or an entry as others cite it; `part_of` is the title of what has the entry."""

    title: str
    publisher: str
    licence: str
    url: str
    release: str
    note: str
    accessed: date
    part_of: str = ""

    @property
    def key(self) -> str:
        """A name made of the release and of the address: the same for the same answer."""
        mark = hashlib.sha256(self.url.encode()).hexdigest()[:8]
        return f"iisgraph-{self.release[:8] or 'live'}-{mark}"


def permalink(base: str, asked: Asked) -> str:
    """The address of an answer; the same question has the same address."""
    pairs = [
        ("query", asked.query),
        *(("default-graph-uri", iri) for iri in asked.default_graphs),
        *(("named-graph-uri", iri) for iri in asked.named_graphs),
        ("asOf", asked.as_of.isoformat() if asked.as_of else ""),
        ("certainty", asked.certainty if asked.as_of else ""),
        ("provenance", "1" if asked.provenance else ""),
        ("lang", asked.language),
        ("format", asked.format),
        ("release", asked.release),
    ]
    given = [(name, value) for name, value in pairs if value]
    return f"{base.rstrip('/')}/sparql?{urlencode(given, quote_via=quote)}"


def citation(
    snapshot: Snapshot, base: str, asked: Asked, rows: int | None, accessed: date
) -> Citation:
    """The citation of an answer from a snapshot that a server at `base` gave on a day."""
    return Citation(
        title=_title(snapshot),
        publisher=_publisher(snapshot),
        licence=_licence(snapshot),
        url=permalink(base, asked),
        release=asked.release,
        note=_told(asked, rows),
        accessed=accessed,
    )


def entry(snapshot: Snapshot, iri: str, title: str, accessed: date) -> Citation:
    """The citation of what a snapshot says of one thing, as it was read on a day."""
    dataset = _title(snapshot)
    return Citation(
        title=title,
        publisher=_publisher(snapshot),
        licence=_licence(snapshot),
        url=iri,
        release=snapshot.release,
        note=f"Entry in {dataset}, release {snapshot.release}",
        accessed=accessed,
        part_of=dataset,
    )


def _told(asked: Asked, rows: int | None) -> str:
    """What tells an answer from others, in words."""
    parts = [
        f"release {asked.release}" if asked.release else "",
        f"as of {asked.as_of.isoformat()}" if asked.as_of else "",
        asked.certainty if asked.as_of else "",
        "" if rows is None else f"{rows} {'row' if rows == 1 else 'rows'}",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Answer to a SPARQL query{', ' * bool(said)}{said}"


def bibtex(cited: Citation) -> str:
    """An entry for BibTeX and biblatex."""
    fields = {
        "title": "{" + _escape(cited.title) + "}",
        "author": "{" + _escape(cited.publisher) + "}",
        "year": str(cited.accessed.year),
        "howpublished": _escape(cited.note),
        "version": _escape(cited.release),
        "url": cited.url,
        "urldate": cited.accessed.isoformat(),
        "note": _escape(f"Licence: {cited.licence}") if cited.licence else "",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{cited.key},\n" + ",\n".join(lines) + "\n}\n"


def csl(cited: Citation) -> dict[str, Any]:
    """An item of CSL-JSON, which Zotero, pandoc and others read."""
    day = cited.accessed
    item = {
        "id": cited.key,
        "type": "dataset",
        "title": cited.title,
        "container-title": cited.part_of,
        "author": [{"literal": cited.publisher}],
        "publisher": cited.publisher,
        "accessed": {"date-parts": [[day.year, day.month, day.day]]},
        "version": cited.release,
        "note": cited.note,
        "URL": cited.url,
    }
    return {name: value for name, value in item.items() if value}


def csvw(cited: Citation, table_url: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """CSV on the Web metadata for an answer in CSV.

    `answer` is the same answer as SPARQL JSON: it knows the kinds of values that CSV
    does not tell. A column `_sources` is named `sources`, for names of CSVW begin with
    no underscore.
    """
    rows, variables = answer["results"]["bindings"], answer["head"]["vars"]
    cells = {name: [row[name] for row in rows if name in row] for name in variables}
    metadata = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": table_url,
        "dc:title": cited.title,
        "dc:publisher": cited.publisher,
        "dc:description": cited.note,
        "dc:source": {"@id": cited.url},
        "dc:license": {"@id": cited.licence} if cited.licence else None,
        "dialect": {
            "encoding": "utf-8",
            "header": True,
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "lineTerminators": ["\r\n", "\n"],
        },
        "tableSchema": {
            "columns": [
                {"name": name, **_column(variable, cells[variable], len(rows))}
                for name, variable in zip(_names(variables), variables, strict=True)
            ]
        },
    }
    return {name: value for name, value in metadata.items() if value is not None}


def _names(variables: Sequence[str]) -> list[str]:
    """A name for each column: its variable, where CSVW allows it, and each only once."""
    names: list[str] = []
    for variable in variables:
        name = bare = quote(variable.lstrip("_") or "column", safe="")
        number = 2
        while name in names or (name != variable and name in variables):
            name = f"{bare}.{number}"
            number += 1
        names.append(name)
    return names


def _column(variable: str, cells: Sequence[Mapping[str, str]], size: int) -> dict[str, Any]:
    """A column with the datatype that all its values have; an empty cell is an unbound value."""
    column: dict[str, Any] = {
        "titles": variable,
        "datatype": _common({_datatype(cell) for cell in cells}),
    }
    languages = {cell.get("xml:lang", "") for cell in cells}
    if len(languages) == 1 and "" not in languages:
        column["lang"] = languages.pop()
    if cells and len(cells) == size:
        column["required"] = True
    return column


def _datatype(cell: Mapping[str, str]) -> str:
    if cell["type"] == "uri":
        return "anyURI"
    return _DATATYPES.get(cell.get("datatype", XSD + "string"), "string")


def _common(found: set[str]) -> str:
    """The one datatype, the widest of several kinds of number, or text."""
    if len(found) == 1:
        return next(iter(found))
    if found and found <= set(_NUMBERS):
        return max(found, key=_NUMBERS.index)
    return "string"


def _escape(text: str) -> str:
    """Text with what TeX would read as a command made harmless."""
    return re.sub(r"[\\~^{}%&#_$]", lambda match: _SPECIAL[match[0]], text)


_DATASET: Final = NamedNode(BASE + "dataset")


def _title(snapshot: Snapshot) -> str:
    return _text(snapshot, DCTERMS + "title") or "iisgraph"


def _publisher(snapshot: Snapshot) -> str:
    return _text(snapshot, PREFIXES["dc11"] + "publisher") or "The iisgraph project"


def _text(snapshot: Snapshot, predicate: str) -> str:
    literals = [o for o in _objects(snapshot, _DATASET, predicate) if isinstance(o, Literal)]
    best = min(literals, key=lambda o: (o.language != "en", o.value), default=None)
    return best.value if best else ""


def _licence(snapshot: Snapshot) -> str:
    """The address of the licence text, or of our concept of it."""
    for licence in _objects(snapshot, _DATASET, DCTERMS + "license"):
        if isinstance(licence, NamedNode):
            pages = _objects(snapshot, licence, RDFS + "seeAlso")
            return next((p.value for p in pages if isinstance(p, NamedNode)), licence.value)
    return ""


def _objects(snapshot: Snapshot, subject: NamedNode, predicate: str) -> Iterable[Term]:
    quads = snapshot.engine.quads(subject, NamedNode(predicate), None, DefaultGraph())
    return [q.object for q in quads if isinstance(q.object, NamedNode | Literal)]
