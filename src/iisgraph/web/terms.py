"""`/def/…`: the ontology on one page with a picture of the model, and a page for each term."""

import functools
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from iisgraph.describe import Names
from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.ontology import Entry, Ontology, questions_with
from iisgraph.pictures import Cell, Picture, Row, Table, network
from iisgraph.vocab import BASE, IIS, SKOS
from iisgraph.web import negotiate
from iisgraph.web.links import Link, Named, local, shortened
from iisgraph.web.pictures import svg_response

if TYPE_CHECKING:
    from iisgraph.web import Service

_DEFINITION: Final = SKOS + "definition"
FORMS: Final = (("Turtle", ".ttl"), ("JSON-LD", ".jsonld"), ("RDF/XML", ".rdf"))
"""The forms in which the whole ontology is offered first."""


def register(app: Flask, service: "Service") -> None:
    """Add the picture of the model to an application."""

    def model() -> Response:
        return svg_response(_model(service), f"{BASE}model.svg")

    app.add_url_rule("/model.svg", "model", model)


def page_of_ontology(service: "Service") -> dict[str, Any]:
    """What the template shows of all terms."""
    names, ontology = _names(service), service.ontology
    return {
        "title": names(IIS)[0],
        "iri": IIS,
        "roots": [_branch(service, entry, names) for entry in _roots(ontology)],
        "properties": [_property(service, entry, names) for entry in ontology.properties],
        "forms": [(name, local(IIS) + suffix) for name, suffix in FORMS],
        "model": Markup(_model(service).inline("model")),  # noqa: S704 - written as a tree
    }


def page_of_term(service: "Service", iri: str) -> dict[str, Any]:
    """What the page of a thing shows beside what is said of it, if it is a term of ours."""
    ontology = service.ontology
    if iri not in ontology.entries:
        return {}
    entry, names = ontology.entries[iri], _names(service)
    rows = [
        (_("Broader"), entry.parents),
        (_("Narrower"), ontology.children(iri)),
        (_("Leads from"), entry.domains),
        (_("Leads to"), entry.ranges),
        (_("Its properties"), ontology.properties_of(iri)),
        (_("Properties that lead to it"), ontology.properties_to(iri)),
    ]
    asked = questions_with(iri, service.questions.values())
    return {
        "term": {
            "definition": _definition(service, iri),
            "place": [(head, [_link(names, each) for each in iris]) for head, iris in rows if iris],
            "rules": ontology.rules(iri),
            "example": _example(service, entry, names),
            "listed": _listed(service, iri),
        },
        "questions": [(q.title, url_for("question", name=q.name)) for q in asked],
    }


def _listed(service: "Service", iri: str) -> str:
    """Where the search lists all of a class, or ''."""
    values = {"class": shortened(iri)}
    return url_for("search", **values) if service.index.best(iri, 1) else ""  # type: ignore[arg-type] # `class`


def _roots(ontology: Ontology) -> list[Entry]:
    """The classes that have no parent of ours."""
    return [e for e in ontology.classes if not any(p in ontology.entries for p in e.parents)]


def _branch(service: "Service", entry: Entry, names: Named) -> dict[str, Any]:
    ontology = service.ontology
    below = [ontology.entries[iri] for iri in ontology.children(entry.iri)]
    return {
        "link": _link(names, entry.iri),
        "definition": _definition(service, entry.iri),
        "children": [_branch(service, each, names) for each in below],
    }


def _property(service: "Service", entry: Entry, names: Named) -> dict[str, Any]:
    return {
        "link": _link(names, entry.iri),
        "definition": _definition(service, entry.iri),
        "domains": [_link(names, iri) for iri in entry.domains],
        "ranges": [_link(names, iri) for iri in entry.ranges],
    }


def _definition(service: "Service", iri: str) -> Link | None:
    texts = service.ontology.texts(iri, _DEFINITION, negotiate.languages(request))
    return Link("", "", texts[0].value, texts[0].language or "") if texts else None


def _example(service: "Service", entry: Entry, names: Named) -> list[Link]:
    found = service.ontology.example(entry.iri)
    if found is None:
        return []
    subject, value = found
    return [_link(names, subject.value), _link(names, entry.iri), _term(names, value)][
        : 1 if entry.kind == "class" else 3
    ]


def _term(names: Named, term: Term) -> Link:
    if isinstance(term, NamedNode):
        return _link(names, term.value)
    return Link("", "", term.value, term.language or "" if isinstance(term, Literal) else "")


def _model(service: "Service") -> Picture:
    """Classes on a circle, a line where a property leads from one to another."""
    names, ontology = _names(service), service.ontology
    leading: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in ontology.properties:
        for domain in entry.domains:
            for value in entry.ranges:
                if domain != value and _is_drawn(value):
                    leading[domain, value].append(names(entry.iri)[0])
    drawn = sorted({iri for pair in leading for iri in pair})
    number = {iri: place for place, iri in enumerate(drawn)}
    links = {
        (number[one], number[other]): (
            float(len(each)),
            f"{names(one)[0]} → {names(other)[0]}: {', '.join(sorted(each))}",
        )
        for (one, other), each in leading.items()
    }
    rows = [
        Row((_cell(names, one), Cell(", ".join(sorted(each))), _cell(names, other)), ())
        for (one, other), each in sorted(leading.items())
    ]
    return network(
        _("The model: classes and the properties between them"),
        ngettext("%(num)d class.", "%(num)d classes.", len(drawn))
        + " "
        + _("A line joins two of them if a property leads from one to the other."),
        nodes=[(names(iri)[0], local(iri)) for iri in drawn],
        links=links,
        table=Table((_("From"), _("Properties"), _("To")), rows),
    )


def _is_drawn(iri: str) -> bool:
    """Whether a range is a class of things, and no datatype or concept."""
    return not iri.startswith(
        ("http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", SKOS)
    )


def _cell(names: Named, iri: str) -> Cell:
    name, language = names(iri)
    return Cell(name, iri, language)


def _link(names: Named, iri: str) -> Link:
    return Link(iri, local(iri), *names(iri))


def _names(service: "Service") -> Named:
    return functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)
