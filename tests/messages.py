"""The texts of the interface as they stand in templates and code."""

import re

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from iisgraph.web.editor import WORDS
from tests.conftest import ROOT

WEB = ROOT / "src/iisgraph/web"
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_QUESTIONS = "queries"
_HEADER = re.compile(r"^# (?:title|description|theme): (.*\S)", re.MULTILINE)
_PARAMETER = re.compile(r"^# parameter: \S+ \S+ (.*\S)", re.MULTILINE)


def catalogue() -> Catalog:
    """All of them with their places, of scripts and of saved questions too."""
    found = Catalog(project="iisgraph", fuzzy=False)
    for path, line, message, _comments, context in extract_from_dir(
        str(WEB), _METHODS, keywords=_KEYWORDS, options_map={}
    ):
        found.add(message, None, [(f"src/iisgraph/web/{path}", line)], context=context)
    for word in WORDS:
        found.add(word, None, [("src/iisgraph/web/editor.py", 1)])
    for query in sorted((ROOT / _QUESTIONS).glob("*.rq")):
        for words in _words(query.read_text(encoding="utf-8")):
            found.add(words, None, [(f"{_QUESTIONS}/{query.name}", 1)])
    return found


def _words(query: str) -> list[str]:
    """What pages say of a saved question, and of its parameters."""
    return _HEADER.findall(query) + _PARAMETER.findall(query)
