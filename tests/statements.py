"""What each row of the frozen tables says, worked out without the importer and its layouts."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from iisgraph.engine import Literal, NamedNode, Quad, Term
from iisgraph.vocab import BASE, PREFIXES, XSD
from tests.facts import Row, agent, by_id, split, table

Pair = tuple[str, Term | None]

REFERENCE = "graph/reference/"
EDITORIAL = "graph/editorial"
LANGUAGES = ("en", "ru", "zh", "fr", "es", "ar")
OBSERVERS = {"PSE", "VAT"}
"""Observer states at the United Nations, which have no date of admission."""

ORGANS = {
    "12 States": "organisation/states-of-joint-statement-12",
    "27 States": "organisation/states-of-joint-statement-2019",
    "ASEAN Defence Ministers' Meeting-Plus": "organisation/admm-plus",
    "ASEAN Regional Forum": "organisation/arf",
    "Council of the European Union": "organisation/eu-council",
    "General Secretariat of the League of Arab States": "organisation/las-general-secretariat",
    "Global Commission on the Stability of Cyberspace": "organisation/gcsc",
    "OAS Inter-American Committee against Terrorism (CICTE)": "organisation/oas-cicte",
    "OSCE Ministerial Council": "organisation/osce-ministerial-council",
    "SCO Council of Heads of State": "organisation/sco-council-of-heads-of-state",
    "Secretary General of the Council of Europe": "organisation/coe-secretary-general",
    "Secretary-General of the United Nations": "organisation/un-secretary-general",
    "UN Commission on Crime Prevention and Criminal Justice": "organisation/ccpcj",
    "UN General Assembly": "organisation/unga",
    "UN General Assembly First Committee": "organisation/unga-first-committee",
    "UN General Assembly Second Committee": "organisation/unga-second-committee",
    "UN General Assembly Third Committee": "organisation/unga-third-committee",
    "UN OEWG 2019-2021": "group/oewg-2019",
    "UN OEWG 2021-2025": "group/oewg-2021",
    "UN Secretary-General": "organisation/un-secretary-general",
    "UN Security Council": "organisation/unsc",
}
"""What the tables call by a name and not by an id."""

CITIES = {
    ("BRA", "Brasília"): ("brasilia", "Brasilia"),
    ("KAZ", "Nur-Sultan"): ("astana", "Astana"),
    ("RUS", "St. Petersburg"): ("saint-petersburg", "Saint Petersburg"),
    ("USA", "Washington D.C."): ("washington", "Washington"),
    ("USA", "Washington, D.C."): ("washington", "Washington"),
}
"""Cities that the tables spell in several ways, with the slug and the name that we give them."""

COLLABORATIONS = {
    "consortium",
    "forum",
    "grouping",
    "intergovernmental-grouping",
    "multi-stakeholder-body",
    "multi-stakeholder-forum",
    "multi-stakeholder-platform",
    "negotiating-forum",
}
"""Kinds of organisations without a statute."""

DEPOSITS = {
    ("coe-ets-185", "CAN", "2015-07-08"),
    ("coe-ets-185", "CHE", "2011-09-21"),
    ("coe-ets-185", "ESP", "2010-06-03"),
    ("coe-ets-185", "MLT", "2012-04"),
    ("coe-ets-185", "PRT", "2010-03-24"),
    ("coe-ets-185", "ROU", "2004-05-12"),
    ("coe-ets-185", "SVK", "2008-01-08"),
    ("coe-ets-185", "SWE", "2021-04-28"),
    ("coe-ets-185", "TUR", "2014-09-29"),
    ("coe-ets-185", "UKR", "2006-03-10"),
    ("coe-ets-185", "USA", "2006-09-29"),
    ("coe-ets-189", "CZE", "2014-08-07"),
    ("coe-ets-189", "MCO", "2017-03-17"),
    ("coe-ets-189", "POL", "2015-02-20"),
    ("coe-ets-189", "PRT", "2010-03-24"),
    ("coe-ets-189", "SWE", "2021-04-28"),
    ("au-malabo-convention", "MRT", "2023-05-09"),
    ("las-2010-arab-convention", "ARE", ""),
    ("las-2010-arab-convention", "QAT", ""),
}
"""Rows of ratifications whose notes tell of the deposit of an instrument."""

DRAFTS = {
    ("cis-2013-infosec", "KAZ", "2012-05-28"),
    ("cis-iis-joint-statement", "TKM", "2020-12"),
    ("csto-2017-infosec", "KAZ", "2017-11-24"),
    ("rus-chn-iis-agreement", "RUS", "2015-04-30"),
    ("rus-ind-iis-agreement", "RUS", "2016-10-13"),
    ("rus-lao-iis-agreement", "RUS", "2024-07-22"),
    ("rus-mmr-iis-agreement", "RUS", "2023-12-04"),
    ("rus-tjk-iis-agreement", "RUS", "2021-09-14"),
    ("rus-tkm-iis-agreement", "RUS", "2019-04-04"),
    ("rus-uzb-iis-agreement", "RUS", "2020-03-04"),
}
"""Rows of approvals whose notes tell of a draft or of leave to sign."""

STEPS_AT_HOME = {
    ("au-malabo-convention", "CIV", "2023-02-15"),
    ("au-malabo-convention", "SEN", "2016-03-30"),
    ("au-malabo-convention", "TGO", "2021-06-29"),
    ("cis-2013-ict-crime-concept", "MDA", "2015-12-03"),
    ("coe-ets-185", "ARG", "2017-11-22"),
    ("coe-ets-185", "PRY", "2017-12-15"),
    ("coe-ets-185", "SEN", "2016-03-30"),
    ("csto-2017-infosec", "BLR", "2018-04"),
    ("rus-irn-iis-agreement", "IRN", "2023-12"),
    ("rus-tjk-iis-agreement", "TJK", "2023-12-22"),
}
"""Rows of approvals whose notes tell of a law, a decree, a bill or a parliament."""


# ---------------------------------------------------------------- terms


def node(path: str | None) -> NamedNode | None:
    """A node by its path below the base, or in full."""
    return NamedNode(path if "://" in path else BASE + path) if path else None


def term(name: str) -> NamedNode:
    """A class or property, written `prefix:name`."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def text(cell: str, language: str | None = "en") -> Literal | None:
    """The text of a cell; None if it is blank."""
    if not cell:
        return None
    return Literal(cell, language=language) if language else Literal(cell)


def date(cell: str) -> Literal | None:
    """A date as fully as it is known."""
    datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}
    return Literal(cell, datatype=NamedNode(XSD + datatype[len(cell)])) if cell else None


def integer(cell: str) -> Literal | None:
    """A whole number."""
    return Literal(str(int(cell)), datatype=NamedNode(XSD + "integer")) if cell else None


def decimal(cell: str) -> Literal | None:
    """A decimal number without zeros at its end."""
    short = cell.rstrip("0").rstrip(".") if "." in cell else cell
    return Literal(short, datatype=NamedNode(XSD + "decimal")) if cell else None


def slug(name: str) -> str:
    """A name as it stands in an address."""
    plain = unicodedata.normalize("NFKD", name.replace("'", ""))
    plain = "".join(c for c in plain.lower() if c.isascii())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def concept(scheme: str, cell: str) -> NamedNode | None:
    """The concept of a scheme that a cell names."""
    name = slug(cell).replace("multistakeholder", "multi-stakeholder")
    return node(f"scheme/{scheme}/{name}") if cell else None


def organ(cell: str) -> NamedNode | None:
    """The organisation or group that a cell names by id or by name."""
    if not cell:
        return None
    path = ORGANS.get(cell) or f"{'group' if cell in by_id('groups') else 'organisation'}/{cell}"
    return node(f"id/{path}")


def actor(cell: str) -> NamedNode | None:
    """The jurisdiction, organisation or group with this code or id."""
    is_group = cell in by_id("groups")
    return node(f"id/group/{cell}" if is_group else agent(cell)) if cell else None


def event(cell: str) -> str:
    """The path of the edition, session or forum with this id."""
    if cell in by_id("editions"):
        return f"id/edition/{cell}"
    return f"id/{'session' if cell in by_id('sessions') else 'forum'}/{cell}"


def city(country: str, name: str) -> str:
    """The path of a city."""
    return f"id/place/{country}/{CITIES.get((country, name), (slug(name), ''))[0]}"


# ---------------------------------------------------------------- where statements go


def joint(row: Row) -> str:
    """The record of exactly the sources of a row."""
    return "graph/" + "--".join(sorted(split(row["source"])))


def apart(row: Row) -> list[str]:
    """The records of the sources of a row, one each."""
    return [f"graph/{source}" for source in split(row["source"])]


def say(graphs: str | Sequence[str], subject: str | None, *pairs: Pair) -> Iterator[Quad]:
    """Statements on one thing in one graph or in each of several; what is blank is left out."""
    about = node(subject)
    for graph in [graphs] if isinstance(graphs, str) else graphs:
        for name, value in pairs if about else ():
            if about and value is not None:
                yield Quad(about, term(name), value, NamedNode(BASE + graph))


def note(name: str, subject: str, *properties: str) -> Iterator[Quad]:
    """An editorial note of ours on a thing; its text is ours, and not of a row."""
    yield from say(
        EDITORIAL,
        f"id/note/{name}",
        ("rdf:type", term("iis:EditorialNote")),
        ("iis:noteOn", node(subject)),
        *(("iis:noteProperty", term(each)) for each in properties),
    )


def located(country: str, name: str) -> Iterator[Quad]:
    """The names of a city and of where it lies."""
    if name:
        called = CITIES.get((country, name), ("", name))[1]
        yield from say(
            REFERENCE + "places",
            city(country, name),
            ("rdf:type", term("iis:Place")),
            ("schema:containedInPlace", node(f"id/place/{country}")),
            ("skos:prefLabel", text(called)),
        )


def where(country: str, name: str) -> NamedNode | None:
    """The city of a row, or the land where the row names no city."""
    if name:
        return node(city(country, name))
    return node(f"id/place/{country}") if country else None


# ---------------------------------------------------------------- the tables


def sources(row: Row) -> Iterator[Quad]:
    """A document that facts come from."""
    described = row["title"].startswith("[")
    language = "en" if described else row["language"]
    subject = f"source/{row['id']}"
    yield from say(
        "graph/sources",
        subject,
        ("rdf:type", term("iis:Source")),
        ("dcterms:title", text(row["title"], None if language == "mul" else language)),
        ("dc11:publisher", text(row["publisher"], None)),
        ("schema:url", node(row["url"])),
        ("dcterms:issued", date(row["published"])),
        ("dc11:language", text(row["language"], None)),
        ("iis:sourceKind", concept("source", row["kind"])),
        ("iis:archivedFrom", text(row["archived_from"], None)),
    )
    if described:
        yield from note("described-sources", subject, "dcterms:title")


def states(row: Row) -> Iterator[Quad]:
    """A state or territory: identity, land, capital, and membership in the United Nations."""
    code = row["iso3"]
    subject, land = agent(code), f"id/place/{code}"
    kind = {"state": "State", "former-state": "FormerState", "territory": "Territory"}
    names: list[Pair] = [
        ("skos:prefLabel", text(row[f"name_{language}"], language)) for language in LANGUAGES
    ]
    yield from say(
        REFERENCE + "jurisdictions",
        subject,
        ("rdf:type", term(f"iis:{kind[subject.split('/')[-2]]}")),
        ("iis:iso3", text(code, None)),
        ("iis:iso2", text(row["iso2"], None)),
        ("iis:m49", text(row["m49"], None)),
        ("iis:region", concept("region", row["un_subregion"])),
        ("iis:land", node(land)),
        ("iis:officialName", text(row["official_name_en"])),
        ("skos:exactMatch", wikidata(row["wikidata"])),
        *names,
    )
    region, subregion = concept("region", row["un_region"]), concept("region", row["un_subregion"])
    yield from say(
        "graph/ontology/schemes", subregion and subregion.value, ("skos:broader", region)
    )
    yield from say(REFERENCE + "places", land, ("rdf:type", term("iis:Place")), *names)
    yield from located(code, row["capital"])
    yield from say(
        joint(row),
        subject,
        ("iis:capital", node(city(code, row["capital"])) if row["capital"] else None),
        ("schema:endDate", date(row["ended"])),
        *(("iis:successor", node(agent(each))) for each in split(row["successors"])),
    )
    is_of_capital = row["capital"] and "factbook" in split(row["source"])
    yield from say(
        joint(row),
        city(code, row["capital"]) if is_of_capital else land,
        ("schema:latitude", decimal(row["latitude"])),
        ("schema:longitude", decimal(row["longitude"])),
    )
    if row["un_member_since"]:
        yield from membership(joint(row), ("un", code, "member"), 1, row["un_member_since"], "")


def wikidata(item: str) -> NamedNode | None:
    """An item of Wikidata."""
    return node(f"http://www.wikidata.org/entity/{item}") if item else None


def organisations(row: Row) -> Iterator[Quad]:
    """An organisation: identity, and when it was founded and where it sits."""
    subject = f"id/organisation/{row['id']}"
    kind = concept("organisation", row["kind"])
    is_loose = kind is not None and kind.value.rpartition("/")[2] in COLLABORATIONS
    yield from say(
        REFERENCE + "organisations",
        subject,
        (
            "rdf:type",
            term(f"org:{'OrganizationalCollaboration' if is_loose else 'FormalOrganization'}"),
        ),
        ("skos:prefLabel", text(row["name_en"])),
        ("skos:prefLabel", text(row["name_ru"], "ru")),
        ("skos:prefLabel", text(row["name_zh"], "zh")),
        ("iis:abbreviation", text(row["abbreviation"])),
        ("iis:organisationKind", kind),
        ("org:subOrganizationOf", organ(row["parent"])),
        ("iis:country", actor(row["country"])),
    )
    yield from located(row["seat_country"], row["seat_city"])
    yield from say(
        joint(row),
        subject,
        ("schema:foundingDate", date(row["founded"])),
        ("iis:seat", where(row["seat_country"], row["seat_city"])),
        ("foaf:homepage", node(row["website"])),
    )


def membership(
    graph: str, key: tuple[str, str, str], number: int, start: str, end: str
) -> Iterator[Quad]:
    """A membership over one period, by organisation, state and status."""
    organisation, state, status = key
    yield from say(
        graph,
        f"id/membership/{organisation}/{state}/{status}/{number}",
        ("rdf:type", term("org:Membership")),
        ("org:organization", organ(organisation)),
        ("org:member", actor(state)),
        ("org:role", concept("membership", status)),
        ("schema:startDate", date(start)),
        ("schema:endDate", date(end)),
    )


@cache
def periods() -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    """End and start of the memberships of each organisation, state and status."""
    found = defaultdict(list)
    for row in table("memberships"):
        key = (row["organisation"], row["state"], row["status"])
        found[key].append((row["end"] or "9999", row["start"] or "9999"))
    return dict(found)


def memberships(row: Row) -> Iterator[Quad]:
    """A state's status in an organisation over one period."""
    key = organisation, state, status = row["organisation"], row["state"], row["status"]
    moment = (row["end"] or "9999", row["start"] or "9999")
    number = 1 + sum(earlier < moment for earlier in periods().get(key, ()))
    yield from membership(joint(row), key, number, row["start"], row["end"])
    subject = f"id/membership/{organisation}/{state}/{status}/{number}"
    if "cow-igo" in split(row["source"]) and len(row["start"]) == 4:
        yield from note("start-years-from-cow-igo", subject, "schema:startDate")
    if status == "suspended":
        yield from note("suspension-beside-membership", subject, "org:role")
    if organisation == "african-union" and row["start"] and row["start"] < "2002":
        yield from note("african-union-from-oau", subject, "schema:startDate")


def forums(row: Row) -> Iterator[Quad]:
    """A forum series."""
    subject = f"id/forum/{row['id']}"
    yield from say(
        REFERENCE + "forums",
        subject,
        ("rdf:type", term("iis:ForumSeries")),
        ("skos:prefLabel", text(row["name_en"])),
        ("skos:prefLabel", text(row["name_ru"], "ru")),
        ("iis:abbreviation", text(row["abbreviation"])),
        ("iis:country", actor(row["country"])),
    )
    yield from say(
        joint(row),
        subject,
        ("schema:startDate", date(row["first_held"])),
        ("iis:frequency", concept("frequency", row["frequency"])),
        ("foaf:homepage", node(row["website"])),
    )


COMPARATORS = {
    ("infoforum-2017", "participants"): "more-than",
    ("infoforum-2017", "presentations"): "more-than",
}
"""Counts for which a curator has written down more than the table can hold."""


def editions(row: Row) -> Iterator[Quad]:
    """One holding of a forum."""
    subject = f"id/edition/{row['id']}"
    yield from say(
        REFERENCE + "forums",
        subject,
        ("rdf:type", term("iis:ForumEdition")),
        ("skos:prefLabel", text(row["name_en"])),
        ("skos:prefLabel", text(row["name_ru"], "ru")),
    )
    yield from located(row["country"], row["city"])
    yield from say(
        joint(row),
        subject,
        ("schema:superEvent", node(f"id/forum/{row['forum']}")),
        ("iis:number", integer(row["number"])),
        ("schema:startDate", date(row["start"])),
        ("schema:endDate", date(row["end"])),
        ("schema:location", where(row["country"], row["city"])),
        ("iis:venue", text(row["venue"])),
    )
    for counted, cell, usual in (
        ("participants", row["participants_min"], "at-least"),
        ("sessions", row["sessions"], "exactly"),
        ("presentations", row["presentations_min"], "at-least"),
    ):
        if cell:
            comparator = COMPARATORS.get((row["id"], counted), usual)
            count = f"id/count/{row['id']}/{counted}"
            yield from say(joint(row), subject, ("iis:hasCount", node(count)))
            yield from say(
                joint(row),
                count,
                ("rdf:type", term("iis:Count")),
                ("iis:counts", concept("counted", counted)),
                ("schema:value", integer(cell)),
                ("iis:comparator", concept("comparator", comparator)),
            )


def sessions(row: Row) -> Iterator[Quad]:
    """A session of an edition."""
    subject = f"id/session/{row['id']}"
    yield from say(
        REFERENCE + "forums",
        subject,
        ("rdf:type", term("iis:Session")),
        ("iis:sessionKind", concept("session", row["kind"])),
        ("skos:prefLabel", text(row["title_en"])),
    )
    yield from say(
        joint(row),
        subject,
        ("schema:superEvent", node(f"id/edition/{row['edition']}")),
        ("schema:position", integer(row["number"])),
    )
    if row["title_en"].startswith("["):
        yield from note("described-sessions", subject, "skos:prefLabel")


def participations(row: Row) -> Iterator[Quad]:
    """What a participant was at an event; who is only spoken of takes no part."""
    is_state = row["participant_kind"] == "state"
    who = agent(row["participant"]) if is_state else f"id/organisation/{row['participant']}"
    subject, role = event(row["event"]), slug(row["role"])
    if role in ("subject", "named-in-report"):
        spoken = "schema:about" if role == "subject" else "schema:mentions"
        remark = f"{row['participant']}: {row['note']}" if row["note"] else ""
        yield from say(joint(row), subject, (spoken, node(who)), ("skos:note", text(remark)))
        yield from note("spoken-of-not-present", subject, "schema:about", "schema:mentions")
    elif role == "declined":
        yield from say(
            joint(row),
            f"id/denial/{row['event']}-attendee-{row['participant'].lower()}",
            ("rdf:type", term("iis:Denial")),
            ("rdf:subject", node(subject)),
            ("rdf:predicate", term("schema:attendee")),
            ("rdf:object", node(who)),
            ("skos:note", text(row["note"])),
        )
    else:
        yield from say(
            joint(row),
            f"id/participation/{row['event']}/{row['participant']}/{role}",
            ("rdf:type", term("iis:Participation")),
            ("iis:inEvent", node(subject)),
            ("prov:agent", node(who)),
            ("prov:hadRole", node(f"scheme/role/{role}")),
            ("skos:note", text(row["note"])),
        )


def agreements(row: Row) -> Iterator[Quad]:
    """An agreement."""
    subject = f"id/agreement/{row['id']}"
    yield from say(
        REFERENCE + "agreements",
        subject,
        ("rdf:type", term("iis:InternationalAgreement")),
        ("skos:prefLabel", text(row["title_en"])),
        ("skos:prefLabel", text(row["title_ru"], "ru")),
        ("skos:altLabel", text(row["short_title"])),
        ("iis:agreementKind", concept("agreement", row["kind"])),
        ("iis:symbol", text(row["symbol"], None)),
    )
    yield from located(row["signed_country"], row["signed_city"])
    topics = split(row["topics"])
    yield from say(
        joint(row),
        subject,
        ("iis:legalForce", concept("legal-force", row["legal_force"])),
        ("iis:adopted", date(row["adopted"])),
        ("iis:signed", date(row["signed"])),
        ("schema:location", where(row["signed_country"], row["signed_city"])),
        ("iis:inForceSince", date(row["in_force"])),
        ("iis:agreementStatus", concept("agreement-status", row["status"])),
        ("iis:depositary", organ(row["depositary"])),
        ("iis:framework", organ(row["organisation"])),
        *(("iis:supersedes", node(f"id/agreement/{each}")) for each in split(row["supersedes"])),
        *(("schema:keywords", text(topic)) for topic in topics),
        *(("dcterms:subject", concept("topic", topic)) for topic in topics if is_topic(topic)),
    )


def is_topic(name: str) -> bool:
    """Whether there is a concept of this name; most topics of the tables are free text."""
    return slug(name) in {
        "capacity-building",
        "confidence-building-measures",
        "critical-information-infrastructure",
        "cybercrime",
        "data-security",
        "electronic-evidence",
        "incident-response",
        "information-security",
        "international-information-security",
        "internet-governance",
        "personal-data-protection",
        "responsible-state-behaviour",
        "sovereignty-in-information-space",
    }


def agreement_actions(row: Row) -> Iterator[Quad]:
    """What one party did to one agreement, as its note tells."""
    kind, remark = row["action"], row["note"]
    key = (row["agreement"], row["party"], row["date"])
    if kind == "ratification" and key in DEPOSITS:
        kind = "deposit"
    elif kind == "approval" and key in DRAFTS:
        kind = "draft-approval"
    elif kind == "approval" and key in STEPS_AT_HOME:
        kind = "domestic-approval"
    subject = f"id/action/{row['agreement']}/{row['party']}/{kind}/1"
    is_ours = remark.startswith(("conflict:", "adds the date to ", "adds the day to "))
    yield from say(
        joint(row),
        subject,
        ("rdf:type", term("iis:AgreementAction")),
        ("iis:ofAgreement", node(f"id/agreement/{row['agreement']}")),
        ("iis:party", actor(row["party"])),
        ("iis:actionKind", node(f"scheme/action/{kind}")),
        ("schema:startDate", date(row["date"])),
        ("skos:note", None if is_ours else text(remark)),
    )
    if is_ours or "conflict:" in remark:
        name = f"remark-{hashlib.sha256(remark.encode()).hexdigest()[:8]}"
        yield from note(name, subject, "schema:startDate")
        yield from say(EDITORIAL, f"id/note/{name}", ("schema:text", text(remark)))
    if kind == "deposit":
        yield from note("ratification-read-as-deposit", subject, "iis:actionKind")
    if kind.endswith("-approval"):
        yield from note("approval-read-as-step-at-home", subject, "iis:actionKind")


def documents(row: Row) -> Iterator[Quad]:
    """A document of an organisation."""
    subject, title, kind = f"id/document/{row['id']}", row["title_en"], row["kind"]
    called = ": ".join(filter(None, (row["symbol"], title)))
    yield from say(
        REFERENCE + "documents",
        subject,
        ("rdf:type", term("iis:Document")),
        ("iis:documentKind", concept("document", kind)),
        ("iis:symbol", text(row["symbol"], None)),
        ("skos:prefLabel", text(called)),
    )
    is_open = kind == "meeting" or kind.startswith("draft-")
    dated = "iis:adopted" if kind in ("resolution", "decision") else "dcterms:issued"
    yield from say(
        joint(row),
        subject,
        ("iis:organ", organ(row["organ"])),
        ("iis:organSession", text(row["session"], None)),
        ("iis:agendaItem", text(row["agenda_item"], None)),
        ("iis:adoptionManner", concept("adoption", row["adopted_by"])),
        ("iis:votesFor", integer(row["yes"])),
        ("iis:votesAgainst", integer(row["no"])),
        ("iis:abstentions", integer(row["abstain"])),
        *(
            ("iis:relatedAgreement", node(f"id/agreement/{each}"))
            for each in split(row["related_agreement"])
        ),
        ("dcterms:title", None if title.startswith("[") else text(title)),
        ("dcterms:date" if is_open else dated, date(row["date"])),
    )
    if title.startswith("["):
        yield from note("described-documents", subject, "skos:prefLabel")
    if "brief" in split(row["source"]):
        yield from note("symbols-as-commonly-cited", subject, "iis:symbol")


def document_roles(row: Row) -> Iterator[Quad]:
    """Who sponsored, submitted, drafted or signed a document."""
    yield from say(
        apart(row),
        f"id/document-role/{row['document']}/{row['party']}/{row['role']}",
        ("rdf:type", term("iis:DocumentRole")),
        ("iis:ofDocument", node(f"id/document/{row['document']}")),
        ("prov:agent", actor(row["party"])),
        ("prov:hadRole", concept("document-role", row["role"])),
    )


def votes(row: Row) -> Iterator[Quad]:
    """One state's recorded vote on one document."""
    document = f"id/document/{row['document']}"
    yield from say(
        apart(row),
        f"id/vote/{row['document']}/{row['state']}",
        ("rdf:type", term("iis:StateVote")),
        ("iis:ofDocument", node(document)),
        ("iis:voter", actor(row["state"])),
        ("iis:choice", concept("vote", row["vote"])),
    )
    if row["document"].startswith(("ga-77-", "ga-78-")) and row["source"] == "pigeon-unga":
        yield from note("votes-without-licence", document, "iis:choice")


def seat(graphs: str | Sequence[str], group: str, state: str, office: str) -> Iterator[Quad]:
    """A state's seat in a group, and the office that it holds beside."""
    yield from say(
        graphs,
        f"id/seat/{group}/{state}",
        ("rdf:type", term("iis:Seat")),
        ("org:organization", node(f"id/group/{group}")),
        ("org:member", actor(state)),
        ("org:role", concept("membership", "member")),
        ("iis:office", None if office == "member" else concept("membership", office)),
    )


def group_members(row: Row) -> Iterator[Quad]:
    """A state's seat in a group."""
    yield from seat(apart(row), row["group"], row["state"], row["role"])


def groups(row: Row) -> Iterator[Quad]:
    """A group, or a session of one: then the organ is the group."""
    is_session = row["organ"] in by_id("groups")
    subject = f"id/{'session' if is_session else 'group'}/{row['id']}"
    called = f"{row['name_en']} ({row['organ']})" if is_session else row["name_en"]
    above = organ(row["organ"])
    yield from say(
        REFERENCE + "groups",
        subject,
        ("rdf:type", term("iis:Session" if is_session else "iis:WorkingGroup")),
        ("skos:prefLabel", text(called)),
        ("org:subOrganizationOf", None if is_session else above),
    )
    yield from say(
        joint(row),
        subject,
        ("iis:organ", above if is_session else None),
        ("schema:startDate", date(row["start"])),
        ("schema:endDate", date(row["end"])),
        ("iis:mandate", text(row["mandate"])),
        (
            "iis:establishedBy",
            node(f"id/document/{row['established_by']}") if row["established_by"] else None,
        ),
        *(("iis:groupReport", node(f"id/document/{each}")) for each in split(row["report"])),
    )
    if row["chair_country"]:
        yield from seat(joint(row), row["id"], row["chair_country"], "chair")


TABLES: dict[str, Callable[[Row], Iterator[Quad]]] = {
    "agreement_actions": agreement_actions,
    "agreements": agreements,
    "document_roles": document_roles,
    "documents": documents,
    "editions": editions,
    "forums": forums,
    "group_members": group_members,
    "groups": groups,
    "memberships": memberships,
    "organisations": organisations,
    "participations": participations,
    "sessions": sessions,
    "sources": sources,
    "states": states,
    "votes": votes,
}


def headers(quads: Iterable[Quad]) -> Iterator[Quad]:
    """For each record among these quads, that it is one and what its sources are."""
    ours = (REFERENCE, EDITORIAL, "graph/sources", "graph/ontology/")
    for graph in sorted({str(quad.graph_name)[1:-1].removeprefix(BASE) for quad in quads}):
        if not graph.startswith(ours):
            named = graph.removeprefix("graph/").split("--")
            yield from say(
                graph,
                graph,
                ("rdf:type", term("iis:Record")),
                *(("prov:hadPrimarySource", node(f"source/{each}")) for each in named),
            )
