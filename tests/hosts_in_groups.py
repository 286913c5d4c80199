"""Which tests on rehearsal hosts stay together on one worker: those that share hosts, else those of one file."""

import re
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

SHARED = {
    "the hosts of alpha": re.compile(r"\b(?:alpha|beta|gamma): Stack\b|\bfirst: First\b"),
    "the host of save": re.compile(r"\bsaved: Saved\b"),
}


def group_of(nodeid: str, base: Path) -> str:
    """Return what a test must not be parted from: fixtures of the whole session that its file names, else its file."""
    file = nodeid.split("::", 1)[0]
    text = (base / file).read_text("utf-8")
    return next((group for group, named in SHARED.items() if named.search(text)), file)


class ByHosts(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Give each group to one worker, the largest first (xdist's own loadgroup does nothing under pytest 9)."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid, self.config.rootpath)
