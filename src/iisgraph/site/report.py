"""What came of an export."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """How much was written, and the links that lead to nothing: page and target."""

    pages: int = 0
    files: int = 0
    size: int = 0
    broken: list[tuple[str, str]] = field(default_factory=list)

    def count(self, size: int, *, is_page: bool) -> None:
        """Take note of a file."""
        self.files += 1
        self.pages += is_page
        self.size += size
