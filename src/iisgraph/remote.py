"""Any SPARQL 1.1 endpoint by URL, asked as the embedded engine is."""

import json
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException

from iisgraph.engine import WHOLE, Answer, Clause
from iisgraph.errors import EngineError, QueryError


@dataclass(frozen=True)
class Remote:
    """A SPARQL 1.1 Protocol endpoint (§2.1, query via POST directly)."""

    url: str
    seconds: float = 60.0

    def query(self, sparql: str, clause: Clause = WHOLE) -> Answer:
        """Send the query; the clause is in its text, so the endpoint applies it itself."""
        del clause
        headers = {
            "Content-Type": "application/sparql-query; charset=utf-8",
            "Accept": "application/sparql-results+json, application/n-triples;q=0.9",
        }
        try:
            # S310: the user gave this URL to ask it
            request = urllib.request.Request(self.url, sparql.encode(), headers)  # noqa: S310
            with urllib.request.urlopen(request, timeout=self.seconds) as response:  # noqa: S310
                return Answer.read(response.headers.get_content_type(), response.read())
        except urllib.error.HTTPError as error:
            raise self._translate(error) from None
        except (OSError, ValueError, SyntaxError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise EngineError(f"{self.url} cannot be asked: {reason}") from None

    def _translate(self, error: urllib.error.HTTPError) -> EngineError | QueryError:
        text = error.read(4096).decode(errors="replace").strip()
        with suppress(ValueError, AttributeError):
            text = json.loads(text).get("detail", text)
        message = f"{self.url} answered {error.code} {error.reason}: {text}"
        return QueryError(message) if error.code == 400 else EngineError(message)
