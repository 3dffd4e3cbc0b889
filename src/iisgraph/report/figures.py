"""The figures of the page on the data: a query for each table.

The variables of a query are the heads of its columns, `_` for a blank. What is
"asserted" is said by a file; `graph/derived` holds what follows by rule.
"""

from typing import Final

OVERALL: Final = """
SELECT ?What ?Number
WHERE {
  {
    SELECT (1 AS ?order) ("statements, each counted once" AS ?What) (COUNT(*) AS ?Number)
    WHERE { ?subject ?property ?value }
  }
  UNION {
    SELECT (2 AS ?order) ("of these, derived by rule" AS ?What) (COUNT(*) AS ?Number)
    WHERE { GRAPH <graph/derived> { ?subject ?property ?value } }
  }
  UNION {
    SELECT (3 AS ?order) ("statements in records, counted in each" AS ?What) (COUNT(*) AS ?Number)
    WHERE {
      GRAPH ?record { ?subject ?property ?value }
      ?record a iis:Record .
      FILTER(?subject != ?record)
    }
  }
  UNION {
    SELECT (4 AS ?order) ("sources" AS ?What) (COUNT(*) AS ?Number)
    WHERE { ?source a iis:Source }
  }
  UNION {
    SELECT (5 AS ?order) ("records" AS ?What) (COUNT(*) AS ?Number)
    WHERE { ?record a iis:Record }
  }
  UNION {
    SELECT (6 AS ?order) ("of these, joint: several sources read together" AS ?What)
      (COUNT(*) AS ?Number)
    WHERE {
      SELECT ?record
      WHERE { ?record a iis:Record ; prov:hadPrimarySource ?source }
      GROUP BY ?record
      HAVING (COUNT(?source) > 1)
    }
  }
  UNION {
    SELECT (7 AS ?order) ("values on which records disagree" AS ?What) (COUNT(*) AS ?Number)
    WHERE { ?contest a iis:Contest }
  }
  UNION {
    SELECT (8 AS ?order) ("editorial notes" AS ?What) (COUNT(*) AS ?Number)
    WHERE { ?note a iis:EditorialNote }
  }
}
ORDER BY ?order
"""

CLASSES: Final = """
SELECT ?Class ?Things ?in_no_record ?in_one_record ?in_several ?Records ?Sources
WHERE {
  {
    SELECT ?class (COUNT(?thing) AS ?Things) (SUM(IF(?times = 0, 1, 0)) AS ?in_no_record)
      (SUM(IF(?times = 1, 1, 0)) AS ?in_one_record) (SUM(IF(?times > 1, 1, 0)) AS ?in_several)
    WHERE {
      SELECT ?class ?thing (COUNT(?record) AS ?times)
      WHERE {
        {
          SELECT DISTINCT ?class ?thing
          WHERE {
            GRAPH ?asserted { ?thing a ?class }
            FILTER(?asserted != <graph/derived>)
            FILTER(?class != iis:EditorialNote)
            FILTER(STRSTARTS(STR(?thing), STR(<id/>)) || STRSTARTS(STR(?thing), STR(<source/>)))
          }
        }
        OPTIONAL {
          SELECT DISTINCT ?thing ?record
          WHERE {
            { GRAPH ?record { ?thing ?property ?value } }
            UNION { GRAPH ?record { ?subject ?property ?thing } }
            ?record a iis:Record .
            FILTER(isIRI(?thing))
          }
        }
      }
      GROUP BY ?class ?thing
    }
    GROUP BY ?class
  }
  OPTIONAL {
    SELECT ?class (COUNT(DISTINCT ?record) AS ?found) (COUNT(DISTINCT ?source) AS ?named)
    WHERE {
      {
        SELECT DISTINCT ?class ?record
        WHERE {
          { GRAPH ?record { ?thing ?property ?value } }
          UNION { GRAPH ?record { ?subject ?property ?thing } }
          ?record a iis:Record .
          ?thing a ?class .
        }
      }
      ?record prov:hadPrimarySource ?source .
    }
    GROUP BY ?class
  }
  OPTIONAL { ?class rdfs:label ?label FILTER(LANG(?label) = "en") }
  BIND(STR(COALESCE(?label, ?class)) AS ?Class)
  BIND(COALESCE(?found, 0) AS ?Records)
  BIND(COALESCE(?named, 0) AS ?Sources)
}
ORDER BY DESC(?Things) ?Class
"""

YEARS: Final = """
SELECT ?Years
  (SUM(IF(?kind = "edition", 1, 0)) AS ?Editions)
  (SUM(IF(?kind = "agreement", 1, 0)) AS ?Agreements)
  (SUM(IF(?kind = "action", 1, 0)) AS ?Actions_on_agreements)
  (SUM(IF(?kind = "document", 1, 0)) AS ?Documents)
  (SUM(IF(?kind = "vote", 1, 0)) AS ?Votes)
  (SUM(IF(?kind = "membership", 1, 0)) AS ?Memberships_begun)
WHERE {
  {
    SELECT ?kind ?thing (MIN(SUBSTR(STR(?date), 1, 4)) AS ?year)
    WHERE {
      {
        VALUES (?kind ?class ?property) {
          ("edition" iis:ForumEdition schema:startDate)
          ("agreement" iis:InternationalAgreement iis:adopted)
          ("agreement" iis:InternationalAgreement iis:signed)
          ("action" iis:AgreementAction schema:startDate)
          ("document" iis:Document iis:adopted)
          ("document" iis:Document dcterms:issued)
          ("document" iis:Document dcterms:date)
          ("membership" org:Membership schema:startDate)
        }
        ?thing a ?class ; ?property ?date .
      }
      UNION {
        ?thing a iis:StateVote ;
          iis:ofDocument/(iis:adopted|dcterms:issued|dcterms:date) ?date .
        BIND("vote" AS ?kind)
      }
    }
    GROUP BY ?kind ?thing
  }
  BIND(IF(?year < "2000", CONCAT(SUBSTR(?year, 1, 3), "0s"), ?year) AS ?Years)
}
GROUP BY ?Years
ORDER BY ?Years
"""

BLANKS: Final = """
SELECT ?Class ?Not_stated ?Things ?without
WHERE {
  {
    SELECT ?class ?Not_stated (COUNT(DISTINCT ?thing) AS ?Things)
      (COUNT(DISTINCT ?thing) - COUNT(DISTINCT ?known) AS ?without)
    WHERE {
      VALUES (?class ?Not_stated ?property) {
        (iis:AgreementAction "date" schema:startDate)
        (iis:Document "date" iis:adopted)
        (iis:Document "date" dcterms:issued)
        (iis:Document "date" dcterms:date)
        (iis:Document "symbol" iis:symbol)
        (iis:FormerState "successor" iis:successor)
        (iis:ForumEdition "first day" schema:startDate)
        (iis:ForumEdition "number" iis:number)
        (iis:ForumEdition "place" schema:location)
        (iis:ForumEdition "who took part" schema:attendee)
        (iis:ForumSeries "year of the first holding" schema:startDate)
        (iis:InternationalAgreement "date of adoption or signature" iis:adopted)
        (iis:InternationalAgreement "date of adoption or signature" iis:signed)
        (iis:InternationalAgreement "place" schema:location)
        (iis:InternationalAgreement "who signed or is party" iis:agreementParty)
        (iis:InternationalAgreement "who signed or is party" iis:signatory)
        (iis:Source "address" schema:url)
        (iis:Source "date of publication" dcterms:issued)
        (iis:State "capital" iis:capital)
        (iis:WorkingGroup "document that set it up" iis:establishedBy)
        (org:FormalOrganization "founding date" schema:foundingDate)
        (org:FormalOrganization "seat" iis:seat)
        (org:Membership "start" schema:startDate)
        (org:OrganizationalCollaboration "founding date" schema:foundingDate)
      }
      ?thing a ?class .
      OPTIONAL { ?thing ?property ?value . BIND(?thing AS ?known) }
    }
    GROUP BY ?class ?Not_stated
  }
  ?class rdfs:label ?label .
  FILTER(LANG(?label) = "en")
  BIND(STR(?label) AS ?Class)
}
ORDER BY ?Class ?Not_stated
"""

UNDATED_MEMBERSHIPS: Final = """
SELECT ?Organisation (COUNT(?membership) AS ?Memberships)
  (COUNT(?membership) - COUNT(?dated) AS ?without_start)
WHERE {
  ?membership a org:Membership ; org:organization ?organisation .
  OPTIONAL {
    SELECT DISTINCT ?membership (1 AS ?dated)
    WHERE { ?membership a org:Membership ; schema:startDate ?start }
  }
  ?organisation skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
  BIND(STR(?name) AS ?Organisation)
}
GROUP BY ?organisation ?Organisation
HAVING (COUNT(?membership) > COUNT(?dated))
ORDER BY DESC(?without_start) ?Organisation ?organisation
"""

UNDATED_ACTIONS: Final = """
SELECT ?Agreement (COUNT(?action) AS ?Actions) (COUNT(?action) - COUNT(?dated) AS ?without_date)
WHERE {
  ?action a iis:AgreementAction ; iis:ofAgreement ?agreement .
  OPTIONAL {
    SELECT DISTINCT ?action (1 AS ?dated)
    WHERE { ?action a iis:AgreementAction ; schema:startDate ?date }
  }
  ?agreement skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
  BIND(STR(?name) AS ?Agreement)
}
GROUP BY ?agreement ?Agreement
HAVING (COUNT(?action) > COUNT(?dated))
ORDER BY DESC(?without_date) ?Agreement ?agreement
"""

UNPLACED_EDITIONS: Final = """
SELECT ?Forum (COUNT(?edition) AS ?Editions)
  (COUNT(?edition) - COUNT(?dated) AS ?without_first_day)
  (COUNT(?edition) - COUNT(?placed) AS ?without_place)
WHERE {
  ?edition a iis:ForumEdition ; schema:superEvent ?forum .
  OPTIONAL {
    SELECT DISTINCT ?edition (1 AS ?dated)
    WHERE { ?edition a iis:ForumEdition ; schema:startDate ?start }
  }
  OPTIONAL {
    SELECT DISTINCT ?edition (1 AS ?placed)
    WHERE { ?edition a iis:ForumEdition ; schema:location ?place }
  }
  ?forum skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
  BIND(STR(?name) AS ?Forum)
}
GROUP BY ?forum ?Forum
HAVING (COUNT(?dated) + COUNT(?placed) < 2 * COUNT(?edition))
ORDER BY DESC(?without_place) DESC(?without_first_day) ?Forum ?forum
"""

SEATS: Final = """
SELECT ?Group ?Seats_stated ?Seats_known ?missing
WHERE {
  {
    SELECT ?group (COUNT(?seat) AS ?Seats_known)
    WHERE {
      ?group a iis:WorkingGroup .
      OPTIONAL { ?seat a iis:Seat ; org:organization ?group }
    }
    GROUP BY ?group
  }
  OPTIONAL {
    ?group iis:mandate ?mandate .
    FILTER(REGEX(?mandate, "[0-9]+ experts"))
    BIND(xsd:integer(REPLACE(STR(?mandate), "^.*?([0-9]+) experts.*$", "$1")) AS ?size)
  }
  ?group skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
  BIND(STR(?name) AS ?Group)
  BIND(COALESCE(?size, "not stated") AS ?Seats_stated)
  BIND(COALESCE(?size - ?Seats_known, "not known") AS ?missing)
}
ORDER BY ?group
"""
