"""Facts in, one verdict for each requirement out. Pure. No verdict is good without a fact that speaks for it."""

from collections import Counter
from collections.abc import Callable

from provisioner.gdpr import rows_data, rows_paper, rows_people, rows_security
from provisioner.gdpr.facts import Facts
from provisioner.gdpr.told import Told, requirements, row_of
from provisioner.models.requirements import Row

ROWS: dict[str, Callable[[Facts], Told]] = {
    "record": rows_paper.record, "basis": rows_paper.basis, "retention": rows_data.retention,
    "logs": rows_data.logs, "minimal_logs": rows_data.minimal_logs, "access": rows_people.access,
    "erasure": rows_people.erasure, "copies": rows_data.copies, "objection": rows_people.objection,
    "notice": rows_paper.notice, "processors": rows_paper.processors, "transfers": rows_paper.transfers,
    "cookies": rows_data.cookies, "analytics": rows_data.analytics, "passwords": rows_security.passwords,
    "second_factor": rows_security.second_factor, "breach": rows_people.breach, "screening": rows_paper.screening,
    "minors": rows_paper.minors, "transit": rows_security.transit, "rest": rows_security.rest,
    "departures": rows_security.departures, "accountability": rows_security.accountability,
    "minimisation": rows_data.minimisation, "leaving": rows_data.leaving,
}  # fmt: skip


def check(facts: Facts) -> list[Row]:
    """Return the row of each requirement, in the order of catalog/requirements.yaml."""
    return [row_of(requirement, ROWS[name](facts), facts) for name, requirement in requirements().items()]


def exit_code(rows: list[Row]) -> int:
    """Return 1 where something is missing, else 3 where something is not known, else 0."""
    found = Counter(row.verdict for row in rows)
    return 1 if found["missing"] else 3 if found["unknown"] else 0
