"""Which of the offered formats a request is answered in (RFC 9110 §12.5)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from iisgraph.formats import RESULTS, Format, by_name

LANGUAGES: Final = ("en", "ru", "zh", "fr", "es", "ar")


def choose(request: Request, offered: Sequence[Format]) -> Format | None:
    """The offered format that the asker likes best, or None if none will do.

    `format=` comes before the Accept header; without either, the first offered.
    """
    name = request.args.get("format") or request.form.get("format")
    if name:
        return by_name(name, offered)
    accept = _without_parameters(request)
    if not accept:
        return offered[0]
    best = accept.best_match([f.media_type for f in offered])
    return next((f for f in offered if f.media_type == best), None)


def require(request: Request, offered: Sequence[Format]) -> Format:
    """As `choose`.

    Raises:
        werkzeug.exceptions.NotAcceptable: naming what is offered, if none will do.
    """
    chosen = choose(request, offered)
    if chosen is None:
        names = ", ".join(f"{f.names[0]} ({f.media_type})" for f in offered)
        raise NotAcceptable(f"Offered are: {names}.")
    return chosen


def wants_html(request: Request) -> bool:
    """Whether a page is what the asker likes best: so do browsers, and few others."""
    if "format" in request.args:
        return request.args["format"] == "html"
    accept = _without_parameters(request)
    quality = accept.quality("text/html")
    return quality > 0 and "text/html" in accept.values() and quality >= _best(accept)


def languages(request: Request) -> list[str]:
    """The reader's languages, best first: `lang=`, then Accept-Language."""
    wanted = [request.args["lang"]] if "lang" in request.args else []
    wanted += [tag for tag, quality in request.accept_languages if quality > 0]
    known = [tag.split("-")[0].lower() for tag in wanted]
    return [tag for tag in dict.fromkeys(known) if tag in LANGUAGES]


def first_language(request: Request) -> str:
    """The language that the reader is shown names in, where they have it."""
    return next(iter(languages(request)), "en")


def _best(accept: MIMEAccept) -> float:
    return max(quality for _, quality in accept)


def _without_parameters(request: Request) -> MIMEAccept:
    """The Accept header without parameters such as `profile`, which would match nothing."""
    pairs = [(value.split(";")[0].strip(), q) for value, q in request.accept_mimetypes]
    return MIMEAccept(pairs)


@lru_cache(256)
def results_of(accept: str) -> Format | None:
    """The format of results that an Accept header asks for; None if a page or nothing fits."""
    headers = Headers({"Accept": accept} if accept else {})
    request = Request(EnvironBuilder(headers=headers).get_environ())
    return None if wants_html(request) else choose(request, RESULTS)


def content_type(chosen: Format) -> str:
    """The Content-Type of a format, with its charset where the type has one."""
    is_text = chosen.media_type.startswith("text/")
    return f"{chosen.media_type}; charset=utf-8" if is_text else chosen.media_type
