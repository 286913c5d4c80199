"""Read our own pages as data: files shown whole, commands to type, links, headings."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^(?:`(?P<file>[^`\n]+)`:\n\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
INLINE = re.compile(r"`((?:provisioner|make) [^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Page:
    """One page of documentation."""

    path: Path

    @property
    def text(self) -> str:
        """Return the whole text."""
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """Return the text without fenced blocks."""
        return FENCE.sub("", self.text)

    def files(self) -> dict[str, str]:
        """Return the files that are shown whole, path -> text: fenced blocks below a line that names the file."""
        return {found["file"]: found["text"] for found in FENCE.finditer(self.text) if found["file"]}

    def blocks(self) -> list[str]:
        """Return the blocks of commands to type, in order."""
        return [found["text"] for found in FENCE.finditer(self.text) if found["language"] == "sh"]

    def commands(self) -> list[str]:
        """Return every command of ours that the page names, in blocks and in the running text."""
        lines = [line.split("  #")[0].strip() for block in self.blocks() for line in block.splitlines()]
        typed = [line for line in lines if line.startswith(("provisioner ", "make ", ".venv/bin/provisioner "))]
        return [*typed, *INLINE.findall(self.prose)]

    def headings(self) -> list[str]:
        """Return the headings, with their marks."""
        return re.findall(r"^#+ .+$", self.prose, re.M)

    def anchors(self) -> set[str]:
        """Return the anchors that links may name, formed as code forges do."""
        titles = [heading.lstrip("#").strip().lower() for heading in self.headings()]
        return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}

    def links(self) -> list[str]:
        """Return the targets of links that stay inside the project."""
        return [target for target in LINK.findall(self.prose) if not re.match(r"\w+:", target)]


def pages() -> list[Page]:
    """Return every page of the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "inventories").rglob("*.md")]
    return [Page(path) for path in sorted(found)]
