"""Lets the build of the wheel make the scripts of the pages and take them in."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetHook(BuildHookInterface[Any]):
    """An installed package has the scripts; for a checkout make makes them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the wheel is packed."""
        if version != "editable":
            program = Path(self.root) / "assets/build.py"
            subprocess.run([sys.executable, program], check=True)  # noqa: S603 - our own program
            build_data["artifacts"].append("src/iisgraph/web/static/built/**")
