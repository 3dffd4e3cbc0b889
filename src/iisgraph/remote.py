"""Any SPARQL 1.1 endpoint by URL, asked as the embedded engine is."""

import json
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any

from iisgraph.engine import WHOLE, Answer, Clause
from iisgraph.errors import EngineError, QueryError


class _Strict(urllib.request.HTTPRedirectHandler):
    """Takes a redirection for the error that it is where one address alone may be called."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


@dataclass(frozen=True)
class Remote:
    """A SPARQL 1.1 Protocol endpoint (§2.1, query via POST directly).

    One that is `strict` is called at this address and no other: no redirection is
    followed and no proxy of the environment used. An answer has at most `most` bytes, if
    that is set.
    """

    url: str
    seconds: float = 60.0
    most: int | None = None
    strict: bool = False

    def query(self, sparql: str, clause: Clause = WHOLE) -> Answer:
        """Send the query; the clause is in its text, so the endpoint applies it itself."""
        del clause
        headers = {
            "Content-Type": "application/sparql-query; charset=utf-8",
            "Accept": "application/sparql-results+json, application/n-triples;q=0.9",
            "User-Agent": "iisgraph",
        }
        try:
            # S310: the user gave this URL to ask it
            request = urllib.request.Request(self.url, sparql.encode(), headers)  # noqa: S310
            with self._opener.open(request, timeout=self.seconds) as response:
                return Answer.read(response.headers.get_content_type(), self._body(response))
        except urllib.error.HTTPError as error:
            raise self._translate(error) from None
        except (OSError, ValueError, SyntaxError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise EngineError(f"{self.url} cannot be asked: {reason}") from None

    def _body(self, response: HTTPResponse) -> bytes:
        if self.most is None:
            return response.read()
        body = response.read(self.most + 1)
        if len(body) > self.most:
            raise EngineError(f"{self.url} answered by more than {self.most >> 20} MiB")
        return body

    @property
    def _opener(self) -> urllib.request.OpenerDirector:
        handlers = (_Strict(), urllib.request.ProxyHandler({})) if self.strict else ()
        return urllib.request.build_opener(*handlers)

    def _translate(self, error: urllib.error.HTTPError) -> EngineError | QueryError:
        text = error.read(4096).decode(errors="replace").strip()
        with suppress(ValueError, AttributeError):
            text = json.loads(text).get("detail", text)
        message = f"{self.url} answered {error.code} {error.reason}: {text}"
        return QueryError(message) if error.code == 400 else EngineError(message)
