"""When a request must be answered (art. 12(3)): one month, three at most, and the rule on weekends. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from provisioner.models.base import Text

MONTHS, EXTENDED = 1, 3
RULE = Text(
    fr="Si ce jour est un samedi, un dimanche ou un jour férié, le délai court jusqu'à la fin du jour ouvrable suivant "
    "(règlement (CEE, Euratom) n° 1182/71, art. 3(4)).",
    en="If that day is a Saturday, a Sunday or a public holiday, the time ends with the end of the next working day "
    "(Regulation (EEC, Euratom) No 1182/71, art. 3(4)).",
)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_of(received: date) -> date:
    """Return the last day to answer a request: one month after it came."""
    return months_after(received, MONTHS)


def extended_due(received: date) -> date:
    """Return the last day once extended: two further months, so three from the day it came, never from the first end.

    Received on 30 November: 28 February, not 31 January plus two months.
    """
    return months_after(received, EXTENDED)


def may_extend(received: date, today: date) -> bool:
    """Tell whether the person can still be told of an extension: inside the first month."""
    return today <= due_of(received)


def overdue(due: date, today: date) -> bool:
    """Tell whether the plain last day is over. The weekend rule may give a day or two more; we do not count on it."""
    return due < today


def after_weekend(day: date) -> date:
    """Return the day, or the Monday after it on a weekend. Public holidays are not known here."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def due_text(due: date) -> Text:
    """Return the plain day and the rule; on a weekend also the Monday that the rule leads to."""
    moved = after_weekend(due)
    fr, en = due.strftime("%d/%m/%Y"), due.isoformat()
    if moved != due:
        fr += f" (un {'samedi' if due.weekday() == 5 else 'dimanche'} : au plus tôt le {moved.strftime('%d/%m/%Y')})"
        en += f" (a {'Saturday' if due.weekday() == 5 else 'Sunday'}: {moved.isoformat()} at the earliest)"
    return Text(fr=f"{fr}. {RULE.fr}", en=f"{en}. {RULE.en}")
