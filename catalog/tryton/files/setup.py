"""What a new Tryton lacks: the association as company, its currency, the French chart of accounts, the language.

Given the association's name and the language. Does nothing when there is a company already: from then on it belongs
to the people who use it.
"""

import os
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from prepare import is_ready
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError


def open_pool() -> Pool:
    """Load Tryton's models."""
    Pool.start()
    pool = Pool("tryton")
    with Transaction().start("tryton", 0, readonly=True):
        pool.init()
    return pool


def make_euro(pool: Pool) -> Any:
    """Return the euro, made unless it is there."""
    Currency = pool.get("currency.currency")
    found = Currency.search([("code", "=", "EUR")])
    if found:
        return found[0]
    euro = {"name": "Euro", "symbol": "€", "code": "EUR", "numeric_code": "978", "digits": 2}
    return Currency.create([euro | {"rounding": Decimal("0.01")}])[0]


def make_company(pool: Pool, name: str, language: Any) -> Any:
    """Make the association, and let the administrator work for it in that language."""
    party = pool.get("party.party")(name=name, lang=language)
    party.save()
    company = pool.get("company.company")(party=party, currency=make_euro(pool), timezone=os.environ["TZ"])
    company.save()
    User = pool.get("res.user")
    administrator = User.search([("login", "=", "admin")])[0]
    User.write([administrator], {"companies": [("add", [company.id])], "company": company.id, "language": language.id})
    return company


def make_chart(pool: Pool, company: Any) -> None:
    """Make the French chart of accounts, with its taxes, and the two accounts that invoices need."""
    Account = pool.get("account.account")
    CreateChart = pool.get("account.create_chart", type="wizard")
    root = pool.get("ir.model.data").get_id("account_fr", "root")
    session, _, _ = CreateChart.create()
    CreateChart.execute(session, {"account": {"company": company.id, "account_template": root}}, "create_account")

    def find(kind: str) -> int | None:
        fit = [("company", "=", company.id), ("closed", "!=", True), ("party_required", "=", True)]
        found = Account.search([*fit, (f"type.{kind}", "=", True)], order=[("code", "ASC")], limit=1)
        return found[0].id if found else None

    accounts = {"account_receivable": find("receivable"), "account_payable": find("payable")}
    CreateChart.execute(session, {"properties": {"company": company.id} | accounts}, "create_properties")
    CreateChart.delete(session)


def in_transaction(context: dict[str, Any], work: Callable[[Any], None]) -> None:
    """Do the work as the administrator, in one transaction; anew when Tryton says which tables it must lock first."""
    options: dict[str, Any] = {}
    while True:
        with Transaction().start("tryton", 1, context=context, **options) as transaction:
            try:
                return work(transaction)
            except TransactionError as error:
                transaction.rollback()
                error.fix(options)


def set_up(name: str, language_code: str) -> None:
    """Do it all: it is there whole, or not at all."""
    pool = open_pool()

    def work(transaction: Any) -> None:
        # Asked for first: what comes to it later would make all the work begin again.
        pool.get("account.configuration").lock()
        language = pool.get("ir.lang").search([("code", "=", language_code)])[0]
        company = make_company(pool, name, language)
        with transaction.set_context(company=company.id, companies=[company.id]):
            make_chart(pool, company)
        # Nothing of what its assistant would ask at the first sign-in is left to do.
        Item = pool.get("ir.module.config_wizard.item")
        Item.write(Item.search([("state", "=", "open")]), {"state": "done"})

    in_transaction({"language": language_code}, work)


if __name__ == "__main__":
    if not is_ready():
        set_up(*sys.argv[1:3])
