"""Who processes data on the association's behalf: contract, country, transfer, and what is missing."""

import ipaddress
from typing import Literal

from provisioner.adequacy import adequacy, ground, safeguard
from provisioner.gdpr.words import country_name, date_text, plain, say
from provisioner.models.base import Model, Text
from provisioner.models.protection import Processor, Protection
from provisioner.models.stack import Stack

Verdict = Literal["eea", "adequate", "safeguard", "missing"]


class Lack(Model):
    """One thing that is missing of a processor; `field` is its place in gdpr.yaml."""

    code: Literal["contract", "safeguard", "document", "forbidden"]
    field: str
    text: Text


class Listed(Model):
    """One processor as the list shows it."""

    number: int
    name: str
    role: str
    what: Text
    country: str
    country_name: Text
    contract: str
    verdict: Verdict
    transfer: Text
    document: str
    missing: list[Lack]


class Unnamed(Model):
    """A body that the stack shows and gdpr.yaml does not name."""

    role: Literal["mail", "backup"]
    name: str
    text: Text


class Processors(Model):
    """All of them."""

    listed: list[Listed]
    unnamed: list[Unnamed]

    @property
    def complete(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.unnamed and not any(each.missing for each in self.listed)


def processors(stack: Stack | None, protection: Protection) -> Processors:
    """Given what gdpr.yaml says and the stack (None: not looked at), return the list."""
    listed = [_listed(number, each, protection) for number, each in enumerate(protection.processors)]
    return Processors(listed=listed, unnamed=_unnamed(stack, protection) if stack else [])


def what(each: Processor) -> Text:
    """Return what a processor does."""
    return plain(each.for_) if each.for_ else say(f"role_{each.role}")


def _listed(number: int, each: Processor, protection: Protection) -> Listed:
    found, allowed = ground(each.country), safeguard(each)
    verdict: Verdict = "eea" if found == "eea" else "missing" if allowed is None else "safeguard"
    if found == "adequate":
        verdict = "adequate"
    transfer = say("verdict_eea") if found == "eea" else say("verdict_missing")
    if found != "eea" and allowed:
        transfer = say("verdict_adequate", safeguard=allowed)
    return Listed(
        number=number, name=each.name, role=each.role, what=what(each), country=each.country,
        country_name=country_name(each.country), contract=each.contract.isoformat() if each.contract else "",
        verdict=verdict, transfer=transfer, document=each.document, missing=_missing(number, each, protection),
    )  # fmt: skip


def _missing(number: int, each: Processor, protection: Protection) -> list[Lack]:
    place, lacks = f"processors[{number}]", []
    if each.contract is None:
        lacks.append(Lack(code="contract", field=f"{place}.contract", text=say("missing_contract")))
    found = ground(each.country)
    if found == "eea":
        return lacks
    if protection.transfers == "forbidden":
        lacks.append(Lack(code="forbidden", field=f"{place}.country", text=say("forbidden")))
    if safeguard(each) is None:
        decision = adequacy().adequate.get(each.country)
        text = say("missing_safeguard", country=country_name(each.country))
        if decision and decision.only:
            lacks.append(
                Lack(code="document", field=f"{place}.document", text=say("missing_proof", only=decision.only))
            )
        else:
            lacks.append(Lack(code="safeguard", field=f"{place}.safeguard", text=text))
    elif found != "adequate" and not each.document:
        lacks.append(Lack(code="document", field=f"{place}.document", text=say("missing_document")))
    return lacks


def _unnamed(stack: Stack, protection: Protection) -> list[Unnamed]:
    roles = {each.role for each in protection.processors}
    own, found = set(protection.own_places), []
    if stack.mail and "mail" not in roles and stack.mail.host not in own and not _inside(stack, stack.mail.host):
        text = say("unnamed_mail", name=stack.mail.host)
        found.append(Unnamed(role="mail", name=stack.mail.host, text=text))
    holders = [each for each in protection.processors if each.role == "backup"]
    own |= {name for each in holders for name in each.places}
    every = stack.backup.destinations if stack.backup else []
    open_ = [each.name for each in every if each.elsewhere and each.name not in own]
    free = [each for each in holders if not each.places]
    if len(open_) > len(free):  # one body may hold two of them, or nobody is named for the second
        why = "unnamed_place" if free else "unnamed_backup"
        found += [Unnamed(role="backup", name=name, text=say(why, name=name)) for name in open_]
    return found


def _inside(stack: Stack, host: str) -> bool:
    """Tell whether an address is the host's own or of its network: a relay there is no further body's."""
    try:
        return host == stack.host.address or ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return host == stack.host.address


def transfers(found: list[Processor]) -> list[Text]:
    """Return recipient, country, safeguard and document of each transfer outside the EEA."""
    rows = []
    for each in found:
        if ground(each.country) == "eea":
            continue
        allowed = safeguard(each) or say("missing_safeguard", country=country_name(each.country))
        document = plain(each.document) if each.document else say("document_decision")
        name, country = each.name, country_name(each.country)
        rows.append(say("transfer", name=name, country=country, safeguard=allowed, document=document))
    return rows


def named(found: list[Processor]) -> list[Text]:
    """Return processors in words: name, what they do, country."""
    rows = [say("processor", name=each.name, what=what(each), country=country_name(each.country)) for each in found]
    return rows or [say("processors_none")]


def contracts(found: list[Processor]) -> list[Text]:
    """Return with whom there is a contract of art. 28, and with whom not."""
    rows = [
        say("measure_contract", name=each.name, date=date_text(each.contract))
        if each.contract
        else say("measure_contract_none", name=each.name)
        for each in found
    ]
    return rows or [say("processors_none")]
