"""What a paper is made of, before it becomes HTML, PDF or Markdown. `**` around words makes them strong."""

import re
from collections.abc import Callable

from provisioner.models.base import Model, Text

MOST_IN_SENTENCE = 20
SENTENCE_END = re.compile(r"(?<=[.!?])[*]* +")


def longest_sentence(text: Text) -> int:
    """Return how many words the longest sentence of a text has in either language; punctuation set apart counts."""
    sentences = [*SENTENCE_END.split(text.fr), *SENTENCE_END.split(text.en)]
    return max(len(sentence.replace("**", "").split()) for sentence in sentences)


def fitting(build: Callable[[int], Text], most: int) -> Text:
    """Return what `build` makes of the largest number, at most `most`, whose sentences keep to twenty words."""
    texts = (build(number) for number in range(most, 1, -1))
    return next((text for text in texts if longest_sentence(text) <= MOST_IN_SENTENCE), build(min(most, 1)))


class Table(Model):
    """Rows under heads; `figures` are the columns set to the right."""

    head: list[Text]
    rows: list[list[Text]]
    figures: list[int] = []


class Part(Model):
    """One part of a paper: in this order sentences, numbered steps, points, a table, boxes to tick."""

    title: Text
    lines: list[Text] = []
    steps: list[Text] = []
    points: list[Text] = []
    table: Table | None = None
    boxes: list[Text] = []
    sheet: bool = False

    def texts(self) -> list[Text]:
        """Return all texts people read here."""
        cells = [*self.table.head, *(cell for row in self.table.rows for cell in row)] if self.table else []
        return [self.title, *self.lines, *self.steps, *self.points, *cells, *self.boxes]


class Paper(Model):
    """One paper. `name` is that of the command; `tight` papers must be one side of A4.

    `created` is the day of the diagnostic: the date of the file, so that the same plan gives the same file.
    """

    name: str
    title: Text
    lead: list[Text] = []
    parts: list[Part]
    foot: Text
    tight: bool = False
    created: str = ""

    def texts(self) -> list[Text]:
        """Return all texts people read on it."""
        return [self.title, *self.lead, *(text for part in self.parts for text in part.texts()), self.foot]

    def word_count(self, language: str) -> int:
        """Return how many words it has, punctuation set apart counted too."""
        return sum(len(text.in_language(language).replace("**", "").split()) for text in self.texts())
