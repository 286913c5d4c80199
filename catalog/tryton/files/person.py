"""One person's data: python person.py export|erase SUBJECT, the subject being an e-mail address, a code or a name.

export   print parties, contacts, addresses, accounts and invoices found, as JSON
erase    run Tryton's own erasure: names, addresses and contacts go; book-keeping entries stay, as the law asks
"""

import json
import sys
from typing import Any

from setup import in_transaction, open_pool
from trytond.pool import Pool
from trytond.transaction import Transaction


def find_parties(pool: Pool, subject: str) -> list[Any]:
    """Return the parties meant, whether still active or not."""
    Party = pool.get("party.party")
    mail = ("contact_mechanisms.value", "ilike", subject)
    return Party.search(["OR", mail, ("code", "=", subject), ("name", "ilike", subject)])


def describe(pool: Pool, party: Any) -> dict[str, Any]:
    """Return what is known of a party."""
    invoices = pool.get("account.invoice").search([("party", "=", party.id)])
    return {
        "code": party.code,
        "name": party.name,
        "identifiers": [each.code for each in party.identifiers],
        "contacts": [{"type": each.type, "value": each.value} for each in party.contact_mechanisms],
        "addresses": [each.full_address for each in party.addresses],
        "relations": [each.rec_name for each in party.relations],
        "invoices": [{"number": each.number, "date": str(each.invoice_date or "")} for each in invoices],
        "created": str(party.create_date),
    }


def export(pool: Pool, subject: str) -> None:
    """Print it all."""
    users = pool.get("res.user").search(["OR", ("email", "ilike", subject), ("login", "=", subject)])
    found = {
        "parties": [describe(pool, party) for party in find_parties(pool, subject)],
        "accounts": [{"login": user.login, "name": user.name, "email": user.email} for user in users],
    }
    print(json.dumps(found, ensure_ascii=False, indent=2))


def erase(pool: Pool, subject: str) -> None:
    """Erase the parties, and close the accounts with that address. Raises UserError when something is still owed."""
    Party, User = pool.get("party.party"), pool.get("res.user")
    Erase = pool.get("party.erase", type="wizard")
    parties = find_parties(pool, subject)
    for party in parties:
        Party.write([party], {"active": False})
        session, _, _ = Erase.create()
        Erase.execute(session, {"ask": {"party": party.id}}, "erase")
        Erase.delete(session)
    users = User.search([("email", "ilike", subject), ("login", "!=", "admin")])
    User.write(users, {"active": False, "email": None})
    print(f"{len(parties)} parties erased, {len(users)} accounts closed")


if __name__ == "__main__":
    actions = {"export": export, "erase": erase}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    models = open_pool()
    with Transaction().start("tryton", 0, readonly=True):
        companies = [each.id for each in models.get("company.company").search([])]
    everything = {"active_test": False, "company": companies[0], "companies": companies}
    in_transaction(everything, lambda _transaction: actions[sys.argv[1]](models, sys.argv[2]))
