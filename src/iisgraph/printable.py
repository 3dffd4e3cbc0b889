"""Text from data, made fit to be shown: nothing in it is obeyed by what shows it."""

import re
from typing import Final

_COMMAND: Final = re.compile(r"##(?=\w*\[)|\A\s*:(?=:)")
"""What a CI service takes for a command in a log: `##[…]`, `##vso[…]`, a line `::…::`."""


def plain(text: str) -> str:
    r"""A line without control characters, which a terminal would obey, and without commands.

    What is not printable becomes `\uXXXX`, and so does a character of each command.
    """
    shown = "".join(c if c.isprintable() else escaped(c) for c in text)
    return _COMMAND.sub(lambda found: found[0][:-1] + escaped(found[0][-1]), shown)


def escaped(character: str) -> str:
    """A character as Turtle, JSON up to U+FFFF, and Python write it."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it must be."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
