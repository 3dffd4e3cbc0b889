"""The texts of the interface as they stand in templates and code."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from iisgraph.web.editor import WORDS
from tests.conftest import ROOT

WEB = ROOT / "src/iisgraph/web"
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_THEMES = "queries"


def catalogue() -> Catalog:
    """All of them with their places, of scripts and of the themes of saved questions too."""
    found = Catalog(project="iisgraph", fuzzy=False)
    for path, line, message, _comments, context in extract_from_dir(
        str(WEB), _METHODS, keywords=_KEYWORDS, options_map={}
    ):
        found.add(message, None, [(f"src/iisgraph/web/{path}", line)], context=context)
    for word in WORDS:
        found.add(word, None, [("src/iisgraph/web/editor.py", 1)])
    for query in sorted((ROOT / _THEMES).glob("*.rq")):
        found.add(_theme(query), None, [(f"{_THEMES}/{query.name}", 1)])
    return found


def _theme(query: Path) -> str:
    lines = query.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("# theme:")).split(":", 1)[1].strip()
