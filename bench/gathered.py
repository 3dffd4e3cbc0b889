"""An invented world of any size: states, bodies, memberships, meetings, agreements, documents.

Every statement conforms to `gathered.ttl`, but for a few faults of each kind, which
are the same number at every size unless more are asked for.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

SHAPES: Final = Path(__file__).with_suffix(".ttl")
PER_ROUND: Final = 118
"""About as many statements as one round of the world has."""

_PREFIXES: Final = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_ORIGIN: Final = date(1950, 1, 1)


def write(path: Path, statements: int, faults: int = 3) -> None:
    """Write Turtle of about so many statements, and of so many faults of each kind."""
    rounds = max(1, statements // PER_ROUND)
    random = Random(20)
    with path.open("w", encoding="utf-8") as file:
        file.write(_PREFIXES)
        for number in range(rounds):
            file.writelines(_round(number, random))
        for number in range(faults):
            file.writelines(fault(number) for fault in _FAULTS)


def core(text: str) -> str:
    """The shapes without their queries."""
    while "sh:sparql" in text:
        start = text.index("sh:sparql")
        end = text.index('""" ]', start) + len('""" ]')
        text = text[:start] + "sh:deactivated false" + text[end:]
    return text


def _day(random: Random, least: int = 0, most: int = 25_000) -> str:
    return f'"{_ORIGIN + timedelta(random.randint(least, most))}"^^xsd:date'


def _round(n: int, random: Random) -> Iterator[str]:
    """A state, a body, and what happens around them."""

    def other(kind: str) -> str:
        return f"ex:{kind}{random.randrange(max(0, n - 50), n + 1)}"

    yield f'ex:place{n} a ex:Place ; rdfs:label "Place {n}" ; ex:latitude {n % 180 - 89.5} ;'
    yield f" ex:longitude {n % 359 - 179.5} .\n"
    yield f'ex:state{n} a ex:State ; ex:code "{_code(n)}" ; ex:capital ex:place{n} ;'
    yield f' rdfs:label "State {n}"@en , "Государство {n}"@ru .\n'
    yield f"ex:body{n} a ex:Body ; ex:founded {_day(random, 0, 900)} ; ex:seat {other('place')} .\n"
    for i in range(4):
        since = _day(random, 1000 * i + 1000, 1000 * i + 1900)
        until = f" ; ex:until {_day(random, 1000 * i + 1900, 1000 * i + 1999)}" if i < 3 else ""
        yield f"ex:membership{n}-{i} a ex:Membership ; ex:member ex:state{n} ; ex:in ex:body{n} ;"
        yield f" ex:since {since}{until} ; ex:role ex:{('full', 'observer', 'partner')[i % 3]} .\n"
    for i in range(3):
        yield f"ex:meeting{n}-{i} a ex:Meeting ; ex:on {_day(random, 1000)} ;"
        yield f" ex:at {other('place')} ; ex:by {other('body')} ;"
        yield f" ex:attended ex:state{n} , {other('state')} , {other('body')} .\n"
    yield f'ex:agreement{n} a ex:Agreement ; rdfs:label "Agreement {n}"@en ; ex:kind ex:treaty ;'
    yield f" ex:adopted {_day(random, 900, 1000)} ; ex:inForce {_day(random, 1000, 2000)} ;"
    yield f" ex:refersTo ex:body{n} ; ex:supersedes {other('agreement')} .\n"
    for i in range(4):
        yield f"ex:signature{n}-{i} a ex:Signature ; ex:of {other('agreement')} ;"
        yield f" ex:signer {other('state')} ; ex:signed {_day(random, 1000)} .\n"
    for i in range(3):
        yield f'ex:document{n}-{i} a ex:Document ; ex:symbol "DOC/{3 * n + i}" ;'
        yield f" ex:about {other(('agreement', 'body', 'agreement')[i])} ;"
        yield f" ex:url <https://example.org/documents/{3 * n + i}> .\n"
    yield f'ex:person{n} a ex:Person ; ex:name "Person {n}" ; ex:mail "p{n}@example.org" ;'
    yield f" ex:speaksFor {other('state')} .\n"
    yield f"ex:post{n} a ex:Post ; ex:holder ex:person{n} ; ex:within {other('body')} .\n"
    yield f'ex:topic{n} a ex:Topic ; rdfs:label "topic {n}"@en ; ex:broader {other("topic")} .\n'


def _code(n: int) -> str:
    return "".join(chr(65 + n // 26**i % 26) for i in (2, 1, 0)) + (str(n) if n >= 26**3 else "")


_FAULTS: Final[tuple[Callable[[int], str], ...]] = (
    lambda n: f'ex:bad-state{n} a ex:State ; ex:code "xx" ; rdfs:label "a"@en , "b"@en .\n',
    lambda n: f'ex:bad-place{n} a ex:Place ; rdfs:label "P" ; ex:latitude 91.5 .\n',
    lambda n: (
        f'ex:bad-body{n} a ex:Body ; ex:founded "2000-01-02"^^xsd:date ;'
        f' ex:dissolved "1999-01-01"^^xsd:date ; ex:seat ex:state0 .\n'
    ),
    lambda n: (
        f"ex:bad-member{n} a ex:Membership ; ex:member ex:place0 ; ex:in ex:body0 ;"
        f' ex:since "2001-01-01"^^xsd:date ; ex:until "2000-01-01"^^xsd:date ; ex:role ex:none .\n'
    ),
    lambda n: (
        f"ex:meeting-bad{n} a ex:Meeting ; ex:at ex:place0 ; ex:by ex:body0 ;"
        f' ex:on "1949-05-05"^^xsd:date ; ex:extra 1 ; ex:attended "nobody" .\n'
    ),
    lambda n: (
        f"ex:bad-agreement{n} a ex:Agreement ; ex:kind ex:draft ;"
        f' ex:adopted "2000-01-01"^^xsd:date ; ex:supersedes ex:bad-agreement{n} ;'
        f" ex:refersTo ex:bad-agreement{n} .\n"
    ),
    lambda n: (
        f"ex:bad-signature{n} a ex:Signature ; ex:of ex:agreement0 ; ex:signer ex:body0 ;"
        f' ex:signed "1950-01-02"^^xsd:date .\n'
    ),
    lambda n: (
        f'ex:bad-document{n} a ex:Document ; ex:symbol "doc" ; ex:about ex:place0 ;'
        f" ex:url <ftp://example.org/{n}> .\n"
    ),
    lambda n: f'ex:bad-person{n} a ex:Person ; ex:name "" , "two" ; ex:mail "nowhere" .\n',
    lambda n: f"ex:bad-post{n} a ex:Post ; ex:holder ex:state0 .\n",
    lambda n: f'ex:bad-topic{n} a ex:Topic ; rdfs:label "a" , "b" , "c" .\n',
    lambda n: f"ex:bad-speaker{n} ex:speaksFor ex:state0 .\n",
)
