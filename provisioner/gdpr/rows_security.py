"""Rows of article 32: passwords, second factor, encryption, who has access, and proof. Pure."""

from datetime import datetime
from math import log2

from provisioner.gdpr.facts import Facts
from provisioner.gdpr.rows_paper import holds_health, sensitive
from provisioner.gdpr.told import Told
from provisioner.models.scorecard import Scorecard
from provisioner.models.security import LEVEL_OF_DATA, LEVELS
from provisioner.models.service import Sensitivity
from provisioner.models.stack import Recipient

ALPHABET, LEAST_BITS, CARD_DAYS, FEWEST = 62, 128, 92, 3
HERE = ("localhost", "127.0.0.1", "::1")


def passwords(facts: Facts) -> Told:
    """Generated secrets are long; what people may choose, a person tries."""
    told, lengths = Told(look=True), []
    for name, entry in facts.services.items():
        for key, secret in entry.service.secrets.items():
            bits = int(secret.length * log2(ALPHABET))
            lengths += [] if secret.given else [bits]
            if not secret.given and bits < LEAST_BITS:
                told.bad("short_secret", service=name, name=key, bits=bits)
    if lengths:
        told.well("secrets", count=len(lengths), bits=min(lengths))
    return told


def second_factor(facts: Facts) -> Told:
    """Administrators prove who they are twice: a person tries to sign in without the second proof."""
    told = Told(look=True)
    admins = [name for name, entry in facts.services.items() if entry.service.admin_user]
    told.well("admins", names=", ".join(admins) or "-")
    return told


def transit(facts: Facts) -> Told:
    """Nothing travels in the clear: pages, mail, copies."""
    told, stack = Told(), facts.stack
    for each in stack.backup.destinations if stack.backup else []:
        if each.url.startswith(("rest:http://", "s3:http://")):
            told.bad("copies_clear", name=each.name)
    if stack.mail and stack.mail.security == "none" and stack.mail.host not in HERE:
        told.bad("mail_clear", host=stack.mail.host)
    if stack.certificates == "internal":
        told.unsure("own_authority")
    card = facts.cards[-1] if facts.cards else None
    web = card.auditor("web") if card else None
    if card is None or web is None or web.not_run is not None:
        told.unsure("no_web_audit")
    elif not -1 <= _age(card, facts) <= CARD_DAYS:
        told.unsure("audit_old", day=card.time[:10], days=_age(card, facts))
    elif web.figures.get("problems"):
        told.bad("web_problems", count=int(web.figures["problems"]), day=card.time[:10])
    else:
        told.well("web_good", count=int(web.figures.get("domains", 0)), day=card.time[:10])
    return told


def rest(facts: Facts) -> Told:
    """Copies and secrets are encrypted; whether the disk is, only the machine itself can show."""
    told = Told(look=True)
    if facts.encrypted is False:
        told.bad("secrets_clear")
    elif facts.encrypted:
        told.well("secrets_encrypted", count=len(facts.stack.recipient_keys))
    if facts.stack.backup:
        told.well("copies_encrypted", count=len(facts.stack.backup.destinations))
    return told


def departures(facts: Facts) -> Told:
    """Who can open the secrets has a name, is not alone, and the list is read once a year."""
    told, stack = Told(look=True), facts.stack
    count = len(stack.recipient_keys)
    if count < FEWEST:
        told.bad("few_recipients", count=count, fewest=FEWEST)
    unnamed = sum(not isinstance(each, Recipient) for each in stack.recipients)
    if unnamed:
        told.bad("unnamed_recipients", count=unnamed)
    if not any(isinstance(each, Recipient) and each.offline for each in stack.recipients):
        told.bad("no_offline")
    told.well("recipients", count=count)
    return told


def accountability(facts: Facts) -> Told:
    """Articles 5(2), 24, 32: the host is as strict as its data asks for, and an audit not long ago shows it."""
    told, security = Told(), facts.stack.security
    special: Sensitivity = "health" if holds_health(facts) else "sensitive" if sensitive(facts) else security.data
    wanted = max(LEVEL_OF_DATA[special], LEVEL_OF_DATA[security.data], key=LEVELS.index)
    if LEVELS.index(security.effective) < LEVELS.index(wanted):
        told.bad("level_low", level=security.effective, wanted=wanted, data=special)
    if strange := [name for name in facts.unreadable if "audit" in name]:
        told.unsure("unreadable", files=", ".join(strange))
    if not facts.cards:
        told.bad("never_audited", host=facts.stack.host.name)
        return told
    card = facts.cards[-1]
    if not -1 <= _age(card, facts) <= CARD_DAYS:
        told.bad("audit_old", day=card.time[:10], days=_age(card, facts))
    missed = [goal for goal in card.goals if goal.met is False]
    silent = [goal for goal in card.goals if goal.met is None]
    if missed:
        told.bad("goals_missed", count=len(missed), total=len(card.goals), day=card.time[:10])
    if silent or not card.goals:
        told.unsure("goals_open", count=len(silent), day=card.time[:10])
    told.well("audited", count=len(card.goals) - len(missed) - len(silent), total=len(card.goals), day=card.time[:10])
    return told


def _age(card: Scorecard, facts: Facts) -> int:
    return (facts.now - datetime.fromisoformat(card.time.replace("Z", "+00:00"))).days
