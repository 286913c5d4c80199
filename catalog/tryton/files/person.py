"""One person's data: python person.py export|erase SUBJECT, the subject being a code, an e-mail address, a login or a
name that nobody else has.

export   print parties, contacts, addresses, accounts and invoices found, as JSON
erase    run Tryton's own erasure: names, addresses and contacts go; book-keeping entries stay, as the law asks
"""

import json
import sys
from typing import Any

from setup import in_transaction, open_pool
from trytond.pool import Pool
from trytond.tools import escape_wildcard
from trytond.transaction import Transaction

SENT = (
    "DELETE FROM ir_email WHERE position(lower(%s)"
    " in lower(concat_ws(' ', recipients, recipients_secondary, recipients_hidden))) > 0"
)


def find_parties(pool: Pool, subject: str) -> list[Any]:
    """Return the parties meant, whether still active or not: by code, else by e-mail address, else by name."""
    Party = pool.get("party.party")
    # An underscore in an address is a letter, no wildcard: somebody else would be meant.
    same = escape_wildcard(subject)
    mail = [("type", "=", "email"), ("value", "ilike", same)]
    return (
        Party.search([("code", "=", subject)])
        or Party.search([("contact_mechanisms", "where", mail)])
        or only_one(Party.search([("name", "ilike", same)]), subject)
    )


def find_users(pool: Pool, subject: str) -> list[Any]:
    """Return the accounts meant, but that of the administrator: by e-mail address or login, else by name."""
    # The code of a party may be the login of somebody else.
    if pool.get("party.party").search([("code", "=", subject)]):
        return []
    User, same = pool.get("res.user"), escape_wildcard(subject)
    others = ("login", "!=", "admin")
    return User.search([others, ["OR", ("email", "ilike", same), ("login", "ilike", same)]]) or only_one(
        User.search([others, ("name", "ilike", same)]), subject
    )


def only_one(found: list[Any], name: str) -> list[Any]:
    """Return what was found by name; end the program where several people bear it."""
    if len(found) > 1:
        sys.exit(f"{len(found)} records are named {name!r}: give a code, an e-mail address or a login")
    return found


def beside(pool: Pool, model: str, records: list[Any]) -> list[Any]:
    """Return the notes or the attachments of parties, of their addresses and of their other parts."""
    return pool.get(model).search([("resource", "in", [str(each) for each in records])])


def parts(party: Any) -> list[Any]:
    """Return what notes and attachments of a party may hang on."""
    return [party, *party.addresses, *party.contact_mechanisms, *party.identifiers]


def describe(pool: Pool, party: Any) -> dict[str, Any]:
    """Return what is known of a party."""
    invoices = pool.get("account.invoice").search([("party", "=", party.id)])
    accounts = pool.get("bank.account").search([("owners", "=", party.id)])
    return {
        "code": party.code,
        "name": party.name,
        "identifiers": [each.code for each in party.identifiers],
        "contacts": [{"type": each.type, "value": each.value} for each in party.contact_mechanisms],
        "addresses": [each.full_address for each in party.addresses],
        "relations": [each.rec_name for each in party.relations],
        "bank accounts": [number.number for account in accounts for number in account.numbers],
        "notes": [each.message for each in beside(pool, "ir.note", parts(party))],
        "attachments": [each.name for each in beside(pool, "ir.attachment", parts(party))],
        "invoices": [{"number": each.number, "date": str(each.invoice_date or "")} for each in invoices],
        "created": str(party.create_date),
    }


def export(pool: Pool, subject: str) -> None:
    """Print it all."""
    found = {
        "parties": [describe(pool, party) for party in find_parties(pool, subject)],
        "accounts": [
            {"login": user.login, "name": user.name, "email": user.email, "created": str(user.create_date)}
            for user in find_users(pool, subject)
        ],
    }
    print(json.dumps(found, ensure_ascii=False, indent=2))


def erase(pool: Pool, subject: str) -> None:
    """Erase the parties, and close the accounts of that name. Raises UserError when something is still owed."""
    parties, users = find_parties(pool, subject), find_users(pool, subject)
    mails = {each.value for party in parties for each in party.contact_mechanisms if each.type == "email"}
    mails |= {user.email for user in users if user.email}
    for party in parties:
        erase_party(pool, party)
    if users:
        close(pool, users)
    for mail in mails - {"****"}:
        run(SENT, mail)
        run("DELETE FROM res_user_login_attempt WHERE lower(login) = lower(%s)", mail)
    print(f"{len(parties)} parties erased, {len(users)} accounts closed")


def erase_party(pool: Pool, party: Any) -> None:
    """Run Tryton's own erasure of a party, and clear what it leaves: files, and addresses written a second time."""
    Party, Erase = pool.get("party.party"), pool.get("party.erase", type="wizard")
    pool.get("ir.attachment").delete(beside(pool, "ir.attachment", parts(party)))
    Party.write([party], {"active": False})
    session, _, _ = Erase.create()
    Erase.execute(session, {"ask": {"party": party.id}}, "erase")
    Erase.delete(session)
    run("UPDATE party_contact_mechanism SET value_compact = NULL WHERE party = %s", party.id)


def close(pool: Pool, users: list[Any]) -> None:
    """Take the names from accounts, and end their sessions. The rows stay: they say who wrote what, by a number."""
    for user in users:
        run("DELETE FROM ir_session WHERE create_uid = %s", user.id)
        for name in (user.login, user.email or user.login):
            run("DELETE FROM res_user_login_attempt WHERE lower(login) = lower(%s)", name)
            run("DELETE FROM res_user_device WHERE lower(login) = lower(%s)", name)
        name = f"erased-{user.id}"
        values = {"active": False, "email": None, "login": name, "name": name, "signature": None, "password": None}
        pool.get("res.user").write([user], values)


def run(query: str, *values: Any) -> None:
    """Run a statement in the transaction."""
    Transaction().connection.cursor().execute(query, values)


if __name__ == "__main__":
    actions = {"export": export, "erase": erase}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    models = open_pool()
    with Transaction().start("tryton", 0, readonly=True):
        companies = [each.id for each in models.get("company.company").search([])]
    everything = {"active_test": False, "company": companies[0], "companies": companies}
    in_transaction(everything, lambda _transaction: actions[sys.argv[1]](models, sys.argv[2]))
