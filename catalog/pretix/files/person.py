"""One person's data: python3 person.py export|erase EMAIL

export   print orders, tickets, answers, waiting list and accounts with that address, as JSON
erase    empty the personal fields of the same; orders, amounts and invoices stay, as book-keeping law asks
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.core.serializers.json import DjangoJSONEncoder  # noqa: E402  (models can be loaded after the setup only)
from django.db import transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.forms import model_to_dict  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    CachedCombinedTicket,
    CachedTicket,
    Customer,
    InvoiceAddress,
    LogEntry,
    Order,
    OrderPosition,
    QuestionAnswer,
    User,
    WaitingListEntry,
)

ORDER = {"email": None, "phone": None, "comment": "", "api_meta": {}, "meta_info": "{}"}
POSITION = {
    "attendee_name_cached": None, "attendee_name_parts": {}, "attendee_email": None, "company": None, "street": None,
    "zipcode": None, "city": None, "country": None, "state": None,
}  # fmt: skip
WAITING = {"name_cached": None, "name_parts": {}, "email": "erased@localhost", "phone": None}


def find_positions(email: str) -> Any:
    """Return the tickets for that person, and those that the person ordered without naming somebody else."""
    ordered = Q(order__email__iexact=email) & (Q(attendee_email__iexact=email) | Q(attendee_email__isnull=True))
    return OrderPosition.all.filter(Q(attendee_email__iexact=email) | ordered)


def export(email: str) -> None:
    """Print what is known."""
    orders = Order.objects.filter(Q(email__iexact=email) | Q(pk__in=find_positions(email).values("order")))
    positions = find_positions(email)
    found = {
        "orders": [model_to_dict(each) | {"event": str(each.event), "code": each.code} for each in orders],
        "addresses": [model_to_dict(each) for each in InvoiceAddress.objects.filter(order__email__iexact=email)],
        "tickets": [model_to_dict(each) for each in positions],
        "answers": [model_to_dict(each) for each in QuestionAnswer.objects.filter(orderposition__in=positions)],
        "waiting": [model_to_dict(each) for each in WaitingListEntry.objects.filter(email__iexact=email)],
        "customers": [model_to_dict(each) for each in Customer.objects.filter(email__iexact=email)],
        "accounts": [{"email": each.email, "name": each.fullname} for each in User.objects.filter(email__iexact=email)],
    }
    print(json.dumps(found, cls=DjangoJSONEncoder, default=str, ensure_ascii=False, indent=2))


def known(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values whose field this version of pretix has."""
    names = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in names}


def erase(email: str) -> None:
    """Empty the fields, and the journals that repeat them."""
    positions = list(find_positions(email).values_list("pk", flat=True))
    orders = list(Order.objects.filter(email__iexact=email).values_list("pk", flat=True))
    QuestionAnswer.objects.filter(orderposition__in=positions).delete()
    InvoiceAddress.objects.filter(order__in=orders).delete()
    CachedTicket.objects.filter(order_position__in=positions).delete()
    CachedCombinedTicket.objects.filter(order__in=orders).delete()
    OrderPosition.all.filter(pk__in=positions).update(**known(OrderPosition, POSITION))
    Order.objects.filter(pk__in=orders).update(**known(Order, ORDER))
    WaitingListEntry.objects.filter(email__iexact=email).update(**known(WaitingListEntry, WAITING))
    for customer in Customer.objects.filter(email__iexact=email):
        customer.anonymize()
    LogEntry.objects.filter(data__icontains=email).update(data='{"_shredded": true}', shredded=True)
    accounts = User.objects.filter(email__iexact=email, is_staff=False)
    for account in accounts:
        account.email, account.fullname, account.is_active = f"erased-{account.pk}@localhost", "", False
        account.save()
    print(f"{len(orders)} orders and {len(positions)} tickets emptied, {len(accounts)} accounts closed")


if __name__ == "__main__":
    actions = {"export": export, "erase": erase}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    with scopes_disabled(), transaction.atomic():
        actions[sys.argv[1]](sys.argv[2])
