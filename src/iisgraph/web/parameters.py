"""What a SPARQL request says: its parameters, wherever the protocol lets them stand.

In the address, in a form, or, for the query itself, as the body (SPARQL 1.1 Protocol
§2.1). Decoded once and as UTF-8; the body may be compressed, up to the same bound.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Request, current_app
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    RequestEntityTooLarge,
    RequestURITooLarge,
    UnsupportedMediaType,
)

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
TAKEN: Final = f"{QUERY}, {FORM}"
ADDRESS_BYTES: Final = 8000
"""Length of an address that every part of the way can be asked to carry (RFC 9110 §4.1)."""

_ENCODINGS: Final = ("gzip", "x-gzip", "deflate")
_MOST_FIELDS: Final = 1000


class NotTaken(UnsupportedMediaType):
    """415 with the header that tells what is taken (RFC 9110 §15.5.16)."""

    def __init__(self, description: str, header: str, taken: str) -> None:
        super().__init__(description)
        self._header = (header, taken)

    def get_headers(self, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
        """As for every error, and that header."""
        return [*super().get_headers(*arguments, **options), self._header]


@dataclass(frozen=True)
class Parameters:
    """Names and values in the order in which they came."""

    pairs: Sequence[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        """All values of a name."""
        return [value for key, value in self.pairs if key == name]

    def first(self, *names: str) -> str:
        """The first value that is not empty of the first of these names that has one, or ''."""
        return next((value for name in names for value in self.all(name) if value), "")

    def __contains__(self, name: str) -> bool:
        """Whether there is a value of that name."""
        return any(key == name for key, _ in self.pairs)


def of_address(request: Request) -> Parameters:
    """The parameters in the address alone.

    Raises:
        BadRequest, RequestURITooLarge: if they cannot be read.
    """
    if len(request.query_string) > ADDRESS_BYTES:
        length = f"The address has {len(request.query_string)} bytes of parameters"
        raise RequestURITooLarge(
            f"{length}; {ADDRESS_BYTES} are read. Send the query by POST, as {QUERY} or as {FORM}."
        )
    return Parameters(_pairs(request.query_string, "address"))


def of_request(request: Request) -> Parameters:
    """The parameters in the address and in the body.

    Raises:
        werkzeug.exceptions.HTTPException: if they cannot be read, or are an update.
    """
    address = of_address(request)
    if request.method in ("GET", "HEAD"):
        return address
    kind = request.mimetype
    if kind == UPDATE:
        raise Forbidden("This graph is read-only: SPARQL update is not served.")
    if kind == FORM:
        return Parameters([*address.pairs, *_pairs(_body(request), "form")])
    if kind == QUERY:
        return Parameters([*address.pairs, ("query", _text(request))])
    sent = f"not as {kind}" if kind else "and name it in Content-Type"
    header = "Accept-Query" if request.method == "QUERY" else "Accept-Post"
    raise NotTaken(f"Send the query as {QUERY} or as {FORM}, {sent}.", header, TAKEN)


def number(told: str, name: str, most: int = 10_000) -> int:
    """A number that is told in the address; 0 if none is.

    Raises:
        BadRequest: if it is none, or too large.
    """
    if told and not (told.isascii() and told.isdigit() and int(told[:9]) <= most):
        raise BadRequest(f"{name} is {told!r}, expected a number up to {most}.")
    return int(told or 0)


def _pairs(data: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            data.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not UTF-8.") from None
    except ValueError:
        raise BadRequest(f"The {where} has more than {_MOST_FIELDS} fields.") from None


def _text(request: Request) -> str:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"{QUERY} is UTF-8 by definition, not {charset}.")
    try:
        return _body(request).decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8 at byte {error.start}.") from None


def _body(request: Request) -> bytes:
    """The body, decompressed."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    data = request.get_data()
    if encoding in ("", "identity"):
        return data
    if encoding not in _ENCODINGS:
        refusal = f"A body may be compressed by gzip or deflate, not {encoding}."
        raise NotTaken(refusal, "Accept-Encoding", "gzip, deflate")
    return _decompressed(data, current_app.config["MAX_CONTENT_LENGTH"], encoding)


def _decompressed(data: bytes, most: int, encoding: str) -> bytes:
    """Both compressions, told apart by their first bytes, as much as a body may have.

    Raises:
        BadRequest: if it is something else, or cut.
        RequestEntityTooLarge: if there is more.
    """
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        whole = unpacker.decompress(data, most + 1)
    except zlib.error:
        raise BadRequest(f"The body is not {encoding}, as its Content-Encoding says.") from None
    if len(whole) > most:
        raise RequestEntityTooLarge(f"The body has more than {most >> 10} KiB when decompressed.")
    if not unpacker.eof or unpacker.unused_data:
        raise BadRequest(f"The {encoding} of the body is cut, or has something behind it.")
    return whole
