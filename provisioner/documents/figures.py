"""Numbers as people read them. None is ever rounded in favour of the plan: costs go up, what there is goes down."""

from math import ceil, floor

from provisioner.documents.words import plain, words
from provisioner.models.base import Text

QUARTER = 15
QUARTERS = {15: "¼", 30: "½", 45: "¾"}
EXACT_BELOW = 10 * 60
HUNDREDS_FROM = 1000 * 60


def euros_up(amount: float) -> Text:
    """Return what is to be paid, in whole euros, rounded up."""
    return _euros(ceil(round(amount, 2)))


def euros_down(amount: float) -> Text:
    """Return what there is or what today costs, in whole euros, rounded down."""
    return _euros(floor(round(amount, 2)))


def _euros(amount: int) -> Text:
    return Text(fr=f"{grouped(amount, 'fr')} €", en=f"€{grouped(amount, 'en')}")


def euros_exact(amount: float) -> Text:
    """Return euros with cents, for tables that people add up."""
    whole, cents = divmod(round(amount * 100), 100)
    return Text(fr=f"{grouped(whole, 'fr')},{cents:02d} €", en=f"€{grouped(whole, 'en')}.{cents:02d}")


def grouped(number: int, language: str) -> str:
    """Return a whole number with thousands apart."""
    return f"{number:,}".replace(",", "\u202f") if language == "fr" else f"{number:,}"


def count(number: int) -> Text:
    """Return a whole number in both languages."""
    return Text(fr=grouped(number, "fr"), en=grouped(number, "en"))


def decimal(number: float) -> Text:
    """Return a number as exactly as people add it up: with at most three digits after the comma (English: point)."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return Text(fr=text.replace(".", ","), en=text)


def hours_up(minutes: float) -> Text:
    """Return work as hours: rounded up to a quarter, from ten hours to whole hours, from a thousand to hundreds."""
    step = QUARTER if minutes < EXACT_BELOW else 60 if minutes < HUNDREDS_FROM else 100 * 60
    return _hours(ceil(minutes / step) * step)


def hours_down(minutes: float) -> Text:
    """Return time there is as hours, rounded down likewise."""
    step = QUARTER if minutes < EXACT_BELOW else 60
    return _hours(floor(minutes / step) * step)


def _hours(minutes: int) -> Text:
    whole, rest = divmod(minutes, 60)
    if not whole:
        return plain(f"{rest} minutes")
    french = f"{grouped(whole, 'fr')} h {rest:02d}" if rest else f"{grouped(whole, 'fr')} h"
    english = f"{grouped(whole, 'en')}{QUARTERS.get(rest, '')}"
    return Text(fr=french, en=f"{english} hour" if whole == 1 and not rest else f"{english} hours")


def out_of_ten(percent: int) -> int:
    """Given the percent of a group that stays aside, return people out of ten, rounded up."""
    return min(10, ceil(percent / 10))


def day(date: str) -> Text:
    """Return a date YYYY-MM-DD in words."""
    year, month, number = date.split("-")
    name = words().months[month]
    first = "1er" if number == "01" else str(int(number))
    return Text(fr=f"{first} {name.fr} {year}", en=f"{int(number)} {name.en} {year}")


def month(date: str) -> Text:
    """Return the month of a date YYYY-MM-DD as it answers "when"."""
    name = words().months[date.split("-")[1]]
    return Text(fr=f"en {name.fr}", en=f"in {name.en}")
