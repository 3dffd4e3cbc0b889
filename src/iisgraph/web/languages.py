"""The interface in the reader's language, by catalogues that are read as they are committed.

Names of things come from the data in any of `negotiate.LANGUAGES`; what this module
chooses is the language of the words around them.
"""

import io
from pathlib import Path
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request, url_for
from flask_babel import Babel, Domain
from flask_babel import gettext as _

from iisgraph.web.negotiate import languages

INTERFACE: Final = {"en": "English", "ru": "Русский", "zh": "中文"}
"""The languages of the interface, each by its own name."""

FOLDER: Final = Path(__file__).parent / "translations"


class Catalogues(Domain):  # type: ignore[misc] # flask-babel is untyped
    """The translations of all languages, compiled in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._catalogues = {path.stem: _compiled(path) for path in sorted(FOLDER.glob("*.po"))}

    def get_translations(self) -> NullTranslations:
        """Those of the request, or none for English."""
        return self._catalogues.get(interface(), _ENGLISH)


_ENGLISH: Final = NullTranslations()


def _compiled(path: Path) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def interface() -> str:
    """The language of the interface in this request."""
    wanted = languages(request) if has_request_context() else []
    return next((language for language in wanted if language in INTERFACE), "en")


def tongue(text: str) -> str:
    """The language in which a text of saved questions is told: the reader's if it is translated."""
    language = interface()
    return language if _(text) != text else "en"


def register(app: Flask) -> None:
    """Let the templates of an application speak the reader's language."""
    babel = Babel(app, locale_selector=interface)
    babel.domain_instance = Catalogues()
    app.add_template_filter(kept, "kept")
    app.add_template_filter(grouped, "grouped")
    app.add_template_filter(tongue, "tongue")
    app.context_processor(_shared)
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = interface()
    return response


def kept(address: str) -> str:
    """An address of ours with the language that this address asks for, any other as it is."""
    language = request.args.get("lang", "")
    if not language or not address.startswith("/"):
        return address
    bare, mark, fragment = address.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}lang={interface()}{mark}{fragment}"


def grouped(number: int | str) -> str:
    """A whole number in groups of three digits, as ISO 80000-1 has it; any other text as it is."""
    text = str(number)
    return f"{int(text):,}".replace(",", "\u202f") if text.isascii() and text.isdigit() else text


def _shared() -> dict[str, Any]:
    """What templates need to speak and to change the language."""
    others = [(tag, name, _in(tag)) for tag, name in INTERFACE.items()]
    shared: dict[str, Any] = {"interface": interface(), "interfaces": others}
    if "lang" in request.args:
        shared["url_for"] = _kept_url_for
    return shared


def _in(language: str) -> str:
    """This address in a language."""
    asked = request.args.to_dict(flat=False) | {"lang": [language]}
    if request.endpoint is None:
        return url_for("home", lang=language)
    return url_for(request.endpoint, **{**(request.view_args or {}), **asked})


def _kept_url_for(endpoint: str, **values: Any) -> str:
    if endpoint != "static":
        values.setdefault("lang", interface())
    return url_for(endpoint, **values)


def navigation(app: Flask) -> list[tuple[str, str]]:
    """The main parts of the site that this application has: endpoint and name."""
    parts = [
        ("home", _("Home")),
        ("search", _("Search")),
        ("sparql", _("Query")),
        ("questions", _("Questions")),
        ("compare", _("Compare")),
        ("ontology", _("Ontology")),
        ("data", _("Data")),
    ]
    return [(endpoint, name) for endpoint, name in parts if endpoint in app.view_functions]


def colophon(app: Flask) -> list[tuple[str, str]]:
    """What the foot of each page leads to, of what this application has: name and address."""
    parts = [
        (_("How to cite"), "home", "cite"),
        (_("Releases"), "releases", ""),
        (_("Status"), "status", ""),
        (_("Newest sources (Atom)"), "feed", ""),
        (_("Catalogue (DCAT)"), "catalogue", ""),
        ("VoID", "void", ""),
        ("OpenAPI", "openapi", ""),
    ]
    known = [part for part in parts if part[1] in app.view_functions]
    return [
        (name, url_for(endpoint) + (f"#{fragment}" if fragment else ""))
        for name, endpoint, fragment in known
    ]
