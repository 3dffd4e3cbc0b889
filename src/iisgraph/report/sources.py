"""The figures of the page on the data that tell how far its sources carry.

As in `figures`: a query for each table, its variables the heads of the columns.
"""

from typing import Final

KINDS: Final = """
SELECT ?Rank ?Kind ?Meaning ?Sources ?read_from_a_copy ?Records ?Records_with_none_better
  ?Statements_in_these
WHERE {
  ?kind iis:rank ?Rank ; skos:prefLabel ?label ; skos:definition ?definition .
  FILTER(LANG(?label) = "en" && LANG(?definition) = "en")
  BIND(STR(?label) AS ?Kind)
  BIND(STR(?definition) AS ?Meaning)
  OPTIONAL {
    SELECT ?kind (COUNT(?source) AS ?number) (COUNT(?original) AS ?copies)
    WHERE {
      ?source iis:sourceKind ?kind .
      OPTIONAL { SELECT DISTINCT ?source (1 AS ?original) WHERE { ?source iis:archivedFrom ?from } }
    }
    GROUP BY ?kind
  }
  OPTIONAL {
    SELECT ?kind (COUNT(DISTINCT ?record) AS ?resting)
    WHERE { ?record a iis:Record ; prov:hadPrimarySource ?source . ?source iis:sourceKind ?kind }
    GROUP BY ?kind
  }
  OPTIONAL {
    SELECT ?Rank (COUNT(?record) AS ?best) (SUM(?size) AS ?said)
    WHERE {
      {
        SELECT ?record (MIN(?each) AS ?Rank)
        WHERE { ?record a iis:Record ; prov:hadPrimarySource/iis:sourceKind/iis:rank ?each }
        GROUP BY ?record
      }
      {
        SELECT ?record (COUNT(*) AS ?size)
        WHERE { GRAPH ?record { ?subject ?property ?value } FILTER(?subject != ?record) }
        GROUP BY ?record
      }
    }
    GROUP BY ?Rank
  }
  BIND(COALESCE(?number, 0) AS ?Sources)
  BIND(COALESCE(?copies, 0) AS ?read_from_a_copy)
  BIND(COALESCE(?resting, 0) AS ?Records)
  BIND(COALESCE(?best, 0) AS ?Records_with_none_better)
  BIND(COALESCE(?said, 0) AS ?Statements_in_these)
}
ORDER BY ?Rank
"""

BEST: Final = """
SELECT ?Class
  (SUM(IF(?best = 1, 1, 0)) AS ?rank_1) (SUM(IF(?best = 2, 1, 0)) AS ?rank_2)
  (SUM(IF(?best = 3, 1, 0)) AS ?rank_3) (SUM(IF(?best = 4, 1, 0)) AS ?rank_4)
  (SUM(IF(?best = 5, 1, 0)) AS ?rank_5) (SUM(IF(?best = 6, 1, 0)) AS ?rank_6)
  (SUM(IF(?best = 7, 1, 0)) AS ?rank_7) (SUM(IF(?best = 8, 1, 0)) AS ?rank_8)
WHERE {
  {
    SELECT ?class ?thing (MIN(?rank) AS ?best)
    WHERE {
      {
        SELECT DISTINCT ?thing ?record
        WHERE {
          GRAPH ?record { ?thing ?property ?value }
          ?record a iis:Record .
          FILTER(?thing != ?record)
        }
      }
      ?record prov:hadPrimarySource/iis:sourceKind/iis:rank ?rank .
      GRAPH ?asserted { ?thing a ?class }
      FILTER(?asserted != <graph/derived>)
    }
    GROUP BY ?class ?thing
  }
  ?class rdfs:label ?label .
  FILTER(LANG(?label) = "en")
  BIND(STR(?label) AS ?Class)
}
GROUP BY ?class ?Class
ORDER BY ?Class
"""

CONTESTS: Final = """
SELECT ?Of ?Property ?Value ?Source ?Kind ?Rank
WHERE {
  ?contest a iis:Contest ;
    rdf:subject ?subject ;
    rdf:predicate ?property ;
    rdf:object ?Value ;
    iis:attestedIn ?record .
  GRAPH ?record { ?subject ?property ?Value }
  ?record prov:hadPrimarySource ?Source .
  ?Source iis:sourceKind ?kind .
  ?kind iis:rank ?Rank ; skos:prefLabel ?kindName .
  ?property rdfs:label ?propertyName .
  ?subject rdfs:label|skos:prefLabel ?name .
  FILTER(LANG(?kindName) = "en")
  FILTER(LANG(?propertyName) = "en")
  FILTER(LANG(?name) = "en")
  BIND(STR(?kindName) AS ?Kind)
  BIND(STR(?propertyName) AS ?Property)
  BIND(STR(?name) AS ?Of)
}
ORDER BY ?Of ?subject ?Property ?Rank STR(?Value) ?Source
"""

NOTES: Final = """
SELECT ?Note ?On ?Things ?the_first
WHERE {
  ?note a iis:EditorialNote ; schema:text ?text .
  FILTER(LANG(?text) = "en")
  BIND(STR(?text) AS ?Note)
  OPTIONAL {
    SELECT ?note (GROUP_CONCAT(?propertyName; separator=", ") AS ?On)
    WHERE {
      SELECT DISTINCT ?note ?propertyName
      WHERE {
        ?note iis:noteProperty/rdfs:label ?propertyName .
        FILTER(LANG(?propertyName) = "en")
      }
      ORDER BY ?propertyName
    }
    GROUP BY ?note
  }
  {
    SELECT ?note (COUNT(DISTINCT ?thing) AS ?Things) (MIN(?name) AS ?the_first)
    WHERE {
      ?note iis:noteOn ?thing .
      OPTIONAL {
        ?thing rdfs:label|skos:prefLabel|dcterms:title ?label .
        FILTER(LANG(?label) = "en")
      }
      BIND(COALESCE(STR(?label), STRAFTER(STR(?thing), STR(<id/>))) AS ?name)
    }
    GROUP BY ?note
  }
}
ORDER BY DESC(?Things) ?Note ?note
"""

LICENCES: Final = """
SELECT ?Data_set ?Licence ?share_alike ?Records ?Statements_on_it_alone ?Statements_with_others
WHERE {
  ?Data_set iis:sourceKind <scheme/source/data-set> .
  OPTIONAL {
    ?Data_set dcterms:license ?licence .
    ?licence skos:prefLabel ?label .
    FILTER(LANG(?label) = "en")
    OPTIONAL { ?licence iis:shareAlike ?asked }
  }
  OPTIONAL {
    SELECT ?Data_set (COUNT(?record) AS ?number) (SUM(IF(?sources = 1, ?size, 0)) AS ?alone)
      (SUM(IF(?sources > 1, ?size, 0)) AS ?shared)
    WHERE {
      ?record prov:hadPrimarySource ?Data_set .
      {
        SELECT ?record (COUNT(?source) AS ?sources)
        WHERE { ?record a iis:Record ; prov:hadPrimarySource ?source }
        GROUP BY ?record
      }
      {
        SELECT ?record (COUNT(*) AS ?size)
        WHERE { GRAPH ?record { ?subject ?property ?value } FILTER(?subject != ?record) }
        GROUP BY ?record
      }
    }
    GROUP BY ?Data_set
  }
  BIND(IF(BOUND(?label), STR(?label), "not stated") AS ?Licence)
  BIND(IF(BOUND(?licence), IF(COALESCE(?asked, false), "yes", "no"), "") AS ?share_alike)
  BIND(COALESCE(?number, 0) AS ?Records)
  BIND(COALESCE(?alone, 0) AS ?Statements_on_it_alone)
  BIND(COALESCE(?shared, 0) AS ?Statements_with_others)
}
ORDER BY ?Data_set
"""

OTHER_LICENCES: Final = """
SELECT ?Licence (COUNT(?source) AS ?Sources)
WHERE {
  ?source a iis:Source ; iis:sourceKind ?kind .
  FILTER(?kind != <scheme/source/data-set>)
  OPTIONAL {
    ?source dcterms:license/skos:prefLabel ?label .
    FILTER(LANG(?label) = "en")
  }
  BIND(IF(BOUND(?label), STR(?label), "not stated") AS ?Licence)
}
GROUP BY ?Licence
ORDER BY ?Licence
"""
