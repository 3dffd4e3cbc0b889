"""What an analyst asks of the made-up world: 22 queries, from a look-up to a self join."""

from typing import Final

from bench.world import NAMESPACE

PREFIX: Final = f"PREFIX : <{NAMESPACE}>\n"
XSD: Final = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"

_QUERIES: Final = {
    "q01 point look-up": "SELECT ?p ?o WHERE { <state/17> ?p ?o }",
    "q02 label in Russian": 'SELECT ?l WHERE { <state/42> :label ?l FILTER(LANG(?l) = "ru") }',
    "q03 3-way join, language": """SELECT ?organisation ?name WHERE {
  ?membership :member <state/5> ; :organisation ?organisation .
  ?organisation :label ?name . FILTER(LANG(?name) = "en") }""",
    "q04 5-way join, selective end": """SELECT ?state ?name ?session WHERE {
  ?participation :role <role/1> ; :participant ?state ; :session ?session .
  ?session :topic ?topic ; :forum ?forum . ?state :region <region/2> ; :code ?name .
  ?forum :label ?label . FILTER(?label = "Fenfen Vere Reba 3"@en) }""",
    "q05 OPTIONAL twice": """SELECT ?membership ?from ?until ?name WHERE {
  ?membership :member <state/9> ; :from ?from ; :organisation ?organisation .
  OPTIONAL { ?membership :until ?until }
  OPTIONAL { ?organisation :label ?name FILTER(LANG(?name) = "fr") } }""",
    "q06 UNION of three": """SELECT DISTINCT ?thing WHERE {
  { ?thing :member <state/3> } UNION { ?thing :party <state/3> }
  UNION { ?thing :participant <state/3> } }""",
    "q07 FILTER NOT EXISTS twice": """SELECT ?agreement WHERE {
  ?agreement a :Agreement ; :topic <topic/4> .
  FILTER NOT EXISTS { ?s :agreement ?agreement ; :party ?p . ?p :region <region/1> }
  FILTER NOT EXISTS { ?t :agreement ?agreement ; :party <state/8> } }""",
    "q08 path to one root": "SELECT ?part WHERE { ?part :partOf+ <organisation/3> }",
    "q09 path, all pairs": "SELECT ?a ?b WHERE { ?a :successor+ ?b }",
    "q10 GROUP, HAVING, ORDER": """SELECT ?state (COUNT(?p) AS ?n) WHERE {
  ?p a :Participation ; :participant ?state } GROUP BY ?state HAVING(COUNT(?p) > 3)
ORDER BY DESC(?n) ?state""",
    "q11 membership on a day": """SELECT ?organisation (COUNT(?state) AS ?n) WHERE {
  ?m a :Membership ; :organisation ?organisation ; :member ?state ; :from ?from .
  OPTIONAL { ?m :until ?until }
  FILTER(?from <= "2010-06-01"^^xsd:date && (!BOUND(?until) || ?until > "2010-06-01"^^xsd:date)) }
GROUP BY ?organisation""",
    "q12 agreement of votes": """SELECT ?a ?b (COUNT(*) AS ?n) WHERE {
  ?x :resolution ?r ; :state ?a ; :choice ?c . ?y :resolution ?r ; :state ?b ; :choice ?c .
  FILTER(STR(?a) < STR(?b)) } GROUP BY ?a ?b""",
    "q13 CONTAINS": """SELECT ?document ?title WHERE {
  ?document :title ?title FILTER(CONTAINS(?title, "Korere")) }""",
    "q14 REGEX": """SELECT ?thing ?name WHERE {
  ?thing :label ?name FILTER(REGEX(STR(?name), "^mu.*zati", "i")) }""",
    "q15 days, first ten": """SELECT ?document ?day WHERE { ?document a :Document ; :issued ?day
  FILTER(?day >= "2005-01-01"^^xsd:date && ?day < "2006-01-01"^^xsd:date) }
ORDER BY ?day ?document LIMIT 10""",
    "q16 CONSTRUCT": """CONSTRUCT { ?state :signed ?agreement } WHERE {
  ?s :agreement ?agreement ; :party ?state . ?state :region <region/2> .
  ?agreement :topic <topic/1> }""",
    "q17 DESCRIBE": "DESCRIBE <agreement/11>",
    "q18 100,000 rows": "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 100000",
    "q19 COUNT of all": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "q20 COUNT DISTINCT over a join": """SELECT ?topic (COUNT(DISTINCT ?state) AS ?n) WHERE {
  ?session :topic ?topic . ?p :session ?session ; :participant ?state } GROUP BY ?topic""",
    "q21 cited by the cited": """SELECT DISTINCT ?far WHERE {
  ?document :topic <topic/7> ; :cites ?near . ?near :cites ?far . ?far :topic <topic/7> }""",
    "q22 subselect and MINUS": """SELECT ?state ?organisation WHERE {
  { SELECT ?state WHERE { ?state a :State ; :region <region/3> } }
  ?m :member ?state ; :organisation ?organisation .
  MINUS { ?m :until ?until } }""",
}

QUERIES: Final = {
    name: f"BASE <{NAMESPACE}>\n{XSD}{PREFIX}{text}" for name, text in _QUERIES.items()
}
"""Each by number and name, with all that it needs declared in it."""
