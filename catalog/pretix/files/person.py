"""One person's data: python3 person.py export|erase EMAIL

export   print orders, tickets, answers, waiting list and accounts with that address, as JSON
erase    empty the personal fields of the same; orders, amounts and invoices stay, as book-keeping law asks
"""

import json
import re
import sys
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402  (models can be loaded after the setup only)
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.serializers.json import DjangoJSONEncoder  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Count, Q  # noqa: E402
from django.forms import model_to_dict  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    CachedCombinedTicket,
    CachedTicket,
    Customer,
    InvoiceAddress,
    LogEntry,
    Order,
    OrderPayment,
    OrderPosition,
    OrderRefund,
    QuestionAnswer,
    TeamInvite,
    User,
    WaitingListEntry,
)

ORDER = {"email": None, "phone": None, "comment": "", "api_meta": {}, "meta_info": "{}"}
POSITION = {
    "attendee_name_cached": None, "attendee_name_parts": {}, "attendee_email": None, "company": None, "street": None,
    "zipcode": None, "city": None, "country": None, "state": None,
}  # fmt: skip
SECRETS = {"secret", "web_secret", "internal_secret"}  # who has one opens the order, or enters
WAITING = {"name_cached": None, "name_parts": {}, "email": "erased@localhost", "phone": None}


def buyer_names(email: str) -> set[str]:
    """Return the names that stand beside the address wherever it is the person's own."""
    found = [
        InvoiceAddress.objects.filter(order__email__iexact=email).values_list("name_cached", flat=True),
        WaitingListEntry.objects.filter(email__iexact=email).values_list("name_cached", flat=True),
        Customer.objects.filter(email__iexact=email).values_list("name_cached", flat=True),
        User.objects.filter(email__iexact=email).values_list("fullname", flat=True),
    ]
    return {name.strip() for names in found for name in names if name and name.strip()}


def find_positions(email: str) -> Any:
    """Return the tickets for that person, and those that the person ordered without naming somebody else.

    A name without an address is the person's where it is one of theirs, or stands on the only ticket of the order.
    """
    mine = OrderPosition.all.filter(order__email__iexact=email)
    alone = mine.values("order").annotate(tickets=Count("pk")).filter(tickets=1).values("order")
    unnamed = Q(attendee_name_cached__isnull=True) | Q(attendee_name_cached="")
    for name in buyer_names(email):
        unnamed |= Q(attendee_name_cached__iexact=name)
    unaddressed = Q(attendee_email__isnull=True) | Q(attendee_email="")
    return OrderPosition.all.filter(
        Q(attendee_email__iexact=email) | Q(order__email__iexact=email) & unaddressed & (unnamed | Q(order__in=alone))
    )


def find_answers(email: str) -> Any:
    """Return the answers to the questions of those tickets, and of the person's orders where pretix has such."""
    wanted = Q(orderposition__in=find_positions(email))
    if any(field.name == "order" for field in QuestionAnswer._meta.get_fields()):
        wanted |= Q(order__email__iexact=email)
    return QuestionAnswer.objects.filter(wanted)


def fields(row: Any) -> dict[str, Any]:
    """Return what a row says, without the keys to it."""
    return {name: value for name, value in model_to_dict(row).items() if name not in SECRETS}


def order_fields(order: Order, email: str) -> dict[str, Any]:
    """Return what an order says; of somebody else's, in which only a ticket is the person's, what tells it apart."""
    own = (order.email or "").lower() == email.lower()
    return (fields(order) if own else {}) | {"event": str(order.event), "code": order.code}


def export(email: str) -> None:
    """Print what is known."""
    orders = Order.objects.filter(Q(email__iexact=email) | Q(pk__in=find_positions(email).values("order")))
    positions = find_positions(email)
    found = {
        "orders": [order_fields(each, email) for each in orders],
        "addresses": [model_to_dict(each) for each in InvoiceAddress.objects.filter(order__email__iexact=email)],
        "tickets": [fields(each) for each in positions],
        "answers": [model_to_dict(each) for each in find_answers(email)],
        "waiting": [model_to_dict(each) for each in WaitingListEntry.objects.filter(email__iexact=email)],
        "customers": [model_to_dict(each) for each in Customer.objects.filter(email__iexact=email)],
        "accounts": [{"email": each.email, "name": each.fullname} for each in User.objects.filter(email__iexact=email)],
    }
    print(json.dumps(found, cls=DjangoJSONEncoder, default=str, ensure_ascii=False, indent=2))


def known(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values whose field this version of pretix has."""
    names = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in names}


def names_of(email: str) -> set[str]:
    """Return the address and the names that stand beside it: journals repeat them."""
    tickets = find_positions(email).values_list("attendee_name_cached", flat=True)
    names = buyer_names(email) | {name.strip() for name in tickets if name}
    return {email, *(name for name in names if len(name) > 2)}


def drop(rows: Any) -> None:
    """Delete rows and the files that they point to: Django leaves those."""
    for row in rows:
        if row.file:
            row.file.delete(save=False)
        row.delete()


def word(name: str) -> str:
    """Return PostgreSQL's expression for a name that is no part of a longer word or address, in JSON."""
    # JSON writes a line's end as \n, whose n is no letter before the name; \u00ef after it goes on with the word.
    before, after = (r"[^\w.+-]", r"[\w-]|\.\w") if "@" in name else (r"\W", r"\w")
    return rf"(^|{before}|\\[nrt]){re.escape(name)}(?!{after}|\\u)"


def told_of(model: Any, rows: Any) -> Q:
    """Return the condition: journal entries on these rows."""
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=rows)


def empty_journals(email: str, orders: list[int], names: set[str]) -> None:
    """Empty what journals say of the person's orders, and wherever else one of the names stands; and sent mail."""
    said = told_of(Order, orders)
    positions = find_positions(email)
    own = told_of(Order, positions.values("order")) | told_of(OrderPosition, positions.values("pk"))
    for model in (User, Customer):
        own |= told_of(model, model.objects.filter(email__iexact=email).values("pk"))
    for name in names:
        # Names stand there as JSON, which may escape letters.
        named = Q(data__iregex=word(name)) | Q(data__iregex=word(json.dumps(name)[1:-1]))
        # One word alone may be a word of any text, or another person's name.
        said |= named if "@" in name or " " in name else named & own
    LogEntry.objects.filter(said).update(data='{"_shredded": true}', shredded=True)
    if "outgoingmail" in apps.all_models["pretixbase"]:
        mails = apps.get_model("pretixbase", "OutgoingMail").objects
        wanted = word(email)
        to = Q(order__in=orders) | Q(to__iregex=wanted) | Q(cc__iregex=wanted) | Q(bcc__iregex=wanted)
        mails.filter(to).delete()


def close_accounts(email: str) -> int:
    """Close the organizers' accounts with that address. Return how many."""
    TeamInvite.objects.filter(email__iexact=email).delete()
    accounts = list(User.objects.filter(email__iexact=email, is_staff=False))
    for account in accounts:
        account.email, account.fullname, account.is_active = f"erased-{account.pk}@localhost", "", False
        account.set_unusable_password()
        account.teams.clear()
        account.save()
        account.update_session_token()
    return len(accounts)


def forget_payments(orders: list[int]) -> None:
    """Let each way of paying delete what it knows of the payer."""
    for model in (OrderPayment, OrderRefund):
        for each in model.objects.filter(order__in=orders):
            provider = each.order.event.get_payment_providers(cached=True).get(each.provider)
            if provider:
                provider.shred_payment_info(each)


def erase(email: str) -> None:
    """Empty the fields, and the journals that repeat them."""
    positions = list(find_positions(email).values_list("pk", flat=True))
    orders = list(Order.objects.filter(email__iexact=email).values_list("pk", flat=True))
    empty_journals(email, orders, names_of(email))
    drop(find_answers(email))
    InvoiceAddress.objects.filter(order__in=orders).delete()
    drop(CachedTicket.objects.filter(order_position__in=positions))
    drop(CachedCombinedTicket.objects.filter(order__in=orders))
    OrderPosition.all.filter(pk__in=positions).update(**known(OrderPosition, POSITION))
    forget_payments(orders)
    Order.objects.filter(pk__in=orders).update(**known(Order, ORDER))
    WaitingListEntry.objects.filter(email__iexact=email).update(**known(WaitingListEntry, WAITING))
    for customer in Customer.objects.filter(email__iexact=email):
        customer.anonymize()
    accounts = close_accounts(email)
    print(f"{len(orders)} orders and {len(positions)} tickets emptied, {accounts} accounts closed")


if __name__ == "__main__":
    actions = {"export": export, "erase": erase}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    with scopes_disabled(), transaction.atomic():
        actions[sys.argv[1]](sys.argv[2])
