"""The whole site without a server: as a folder of static files, or as one file.

Every page is what the application answers, so nothing is rendered a second way.
Queries are answered, and things are found, by the reader's own browser.
"""

from iisgraph.site.folder import write_folder
from iisgraph.site.report import Report
from iisgraph.site.single import write_single

__all__ = ["Report", "write_folder", "write_single"]
