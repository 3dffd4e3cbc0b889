"""Which of the offered formats a request is answered in (RFC 9110 §12.5).

Werkzeug reads the header and weighs it: the most specific range that fits a format
tells its weight, weight 0 excludes it, and among equals the more specific range,
then our own order, decides.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from iisgraph.formats import BOOLEANS, GRAPHS, RESULTS, Format, by_name

LANGUAGES: Final = ("en", "ru", "zh", "fr", "es", "ar")

_TRUE: Final = {"charset": "utf-8", "header": "present"}
"""Parameters of media types that say what we do; others, such as `profile`, tell us nothing."""


def format_name(request: Request) -> str:
    """The format that the address asks for by name: `format=`, or as others say `_format=`."""
    return request.args.get("format") or request.args.get("_format") or ""


def choose(request: Request, offered: Sequence[Format], name: str = "") -> Format | None:
    """The offered format that the asker likes best, or None if none will do.

    A name, given or in the address, comes before the Accept header; without either,
    the first offered.
    """
    if name := name or format_name(request):
        return by_name(name, offered)
    if not request.accept_mimetypes:
        return offered[0]
    types = {f.media_type: f for f in offered}
    for each in offered:
        for nickname in each.nicknames:
            if "/" in nickname:
                types.setdefault(nickname, each)
    best = ranges(request).best_match(types)
    return types[best] if best else None


def require(request: Request, offered: Sequence[Format], name: str = "") -> Format:
    """As `choose`.

    Raises:
        werkzeug.exceptions.NotAcceptable: naming what is offered, if none will do.
    """
    chosen = choose(request, offered, name)
    if chosen is None:
        names = ", ".join(f"{f.names[0]} ({f.media_type})" for f in offered)
        raise NotAcceptable(f"Offered are: {names}.")
    return chosen


def wants_html(request: Request, name: str = "") -> bool:
    """Whether a page is what the asker likes best: so do browsers, and few others."""
    if name := name or format_name(request):
        return name == "html"
    accept = ranges(request)
    quality = accept.quality("text/html")
    return quality > 0 and "text/html" in accept.values() and quality >= _best(accept)


def ranges(request: Request) -> MIMEAccept:
    """The Accept header without parameters; ranges with one that we do not fulfil are left out."""
    found: dict[str, float] = {}
    for value, quality in request.accept_mimetypes:  # the most specific come first
        media_type, parameters = parse_options_header(value)
        if all(_TRUE.get(name, told.lower()) == told.lower() for name, told in parameters.items()):
            found.setdefault(media_type.lower(), quality)
    return MIMEAccept(found.items())


def languages(request: Request) -> list[str]:
    """The reader's languages, best first: `lang=`, then Accept-Language."""
    wanted = [request.args["lang"]] if "lang" in request.args else []
    wanted += [tag for tag, quality in request.accept_languages if quality > 0]
    known = [tag.split("-")[0].lower() for tag in wanted]
    return [tag for tag in dict.fromkeys(known) if tag in LANGUAGES]


def first_language(request: Request) -> str:
    """The language that the reader is shown names in, where they have it."""
    return next(iter(languages(request)), "en")


class Offer(NamedTuple):
    """The formats that an asker takes for each kind of answer; None where none will do."""

    results: Format | None
    boolean: Format | None
    graph: Format | None


@lru_cache(256)
def formats_of(accept: str) -> Offer:
    """What an Accept header asks for; nothing for whoever prefers a page."""
    headers = Headers({"Accept": accept} if accept else {})
    request = Request(EnvironBuilder(headers=headers).get_environ())
    if wants_html(request):
        return Offer(None, None, None)
    return Offer(*(choose(request, offered) for offered in (RESULTS, BOOLEANS, GRAPHS)))


def content_type(chosen: Format) -> str:
    """The Content-Type of a format, with its charset where the type has one."""
    is_text = chosen.media_type.startswith("text/")
    return f"{chosen.media_type}; charset=utf-8" if is_text else chosen.media_type


def _best(accept: MIMEAccept) -> float:
    return max(quality for _, quality in accept)
