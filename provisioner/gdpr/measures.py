"""Security measures under the CNIL's headings, from what the stack really has; what it lacks is said too. Pure."""

from collections.abc import Sequence

from provisioner.catalog import CatalogEntry
from provisioner.documents.audit_words import words
from provisioner.gdpr.durations import period_of
from provisioner.gdpr.processors import contracts
from provisioner.gdpr.words import days_text, plain, say
from provisioner.hardening.count import count_rules
from provisioner.models.backup import Backups
from provisioner.models.base import Text
from provisioner.models.protection import Processor, Protection
from provisioner.models.register import Row, Section
from provisioner.models.stack import Lock, Stack

HEADINGS = ("access", "traceability", "software_protection", "backup", "encryption", "control", "other")
INTERMEDIARY = ("intermediary", "enhanced")


def log_key(protection: Protection) -> str:
    """Return the key of the retention map that security logs follow: a host of public content keeps them a year."""
    return "hosting" if protection.public_content else "security_logs"


def measures(
    stack: Stack, lock: Lock, protection: Protection, entry: CatalogEntry | None, used: list[Processor],
    told: Sequence[str] = (),
) -> Section:  # fmt: skip
    """Return the measures of one service, or of the platform itself (no entry); `told`: what the association adds."""
    found: dict[str, list[Text]] = {
        "access": [*_entry_access(entry), *_host_access(stack)],
        "traceability": [*_host_traces(stack, protection), *_entry_traces(entry)],
        "software_protection": _software(stack, lock, entry),
        "backup": _backup(stack.backup),
        "encryption": _encryption(stack),
        "control": contracts(used),
        "other": [plain(text) for text in told] + ([say("measure_ledger")] if stack.backup else []),
    }
    found["other"] = found["other"] or [say("measure_other_none")]
    return section_of(found)


def own_measures(told: list[str]) -> Section:
    """Return the measures of a processing outside the platform: what the association says of it."""
    outside = {heading: [say("measure_outside")] for heading in HEADINGS}
    return section_of({**outside, "other": [plain(text) for text in told]})


def section_of(found: dict[str, list[Text]]) -> Section:
    """Return the section, every heading of the CNIL in it."""
    rows = [Row(key=heading, label=say(f"label_{heading}"), values=found[heading]) for heading in HEADINGS]
    return Section(key="measures", title=say("section_measures"), rows=rows)


def _entry_access(entry: CatalogEntry | None) -> list[Text]:
    if entry is None:
        return [say("measure_access_platform")]
    service = entry.service
    found = [say("measure_accounts" if service.matching.accounts else "measure_no_accounts")]
    return [*found, say("measure_limits")] if service.route.sign_in or service.sign_in_logs else found


def _host_access(stack: Stack) -> list[Text]:
    if stack.security.effective == "none":
        found = [say("measure_host_left")]
    else:
        found = [say("measure_ssh")]
        networks = ", ".join(stack.security.ssh_from)
        found += [say("measure_ssh_from", networks=networks)] if networks else []
    return [*found, say("measure_readers", count=len(stack.recipient_keys))]


def _host_traces(stack: Stack, protection: Protection) -> list[Text]:
    level = stack.security.effective
    if level == "none":
        return [say("measure_journal_left")]
    days = days_text(period_of(protection, log_key(protection))[1])
    found = [say("measure_journal", days=days)]
    return [*found, say("measure_audit"), say("measure_integrity")] if level in INTERMEDIARY else found


def _entry_traces(entry: CatalogEntry | None) -> list[Text]:
    return [say(f"measure_app_logs_{entry.service.gdpr.logs}")] if entry else []


def _software(stack: Stack, lock: Lock, entry: CatalogEntry | None) -> list[Text]:
    level = stack.security.effective
    found = [] if level == "none" else [say("measure_level", level=words().levels[level]), say("measure_updates")]
    found.append(say("measure_firewall"))
    if entry is None:
        return found
    counts = {each["rule"]: each for each in count_rules([entry])}
    whole = [counts["cap_drop"], counts["no_new_privileges"], counts["privileged"], counts["cap_add"]]
    waived = {name for each in whole for name in each["waived"]}
    of, read = counts["cap_drop"]["of"], counts["read_only"]["hold"]
    found.append(say("measure_containers", hold=of - len(waived), of=of, read=read))
    pinned = [say("measure_images")] if all(image in lock.images for image in entry.images) else []
    return [*found, *pinned, say("measure_egress")]


def _backup(backup: Backups | None) -> list[Text]:
    if backup is None:
        return [say("backups_none")]
    every = backup.destinations
    away = ", ".join(each.name for each in every if each.offsite)
    safe = ", ".join(each.name for each in every if each.append_only)
    found = [say("measure_backup", hours=backup.every_hours, names=", ".join(each.name for each in every))]
    found.append(say("measure_offsite", names=away) if away else say("measure_offsite_none"))
    found += [say("measure_append", names=safe)] if safe else []
    drill = backup.drill_days
    return [*found, say("measure_drill", days=days_text(drill)) if drill else say("measure_drill_none")]


def _encryption(stack: Stack) -> list[Text]:
    found = [say(f"measure_tls_{stack.security.tls}")]
    found += [say("measure_internal")] if stack.certificates == "internal" else []
    found += [say("measure_backup_encrypted")] if stack.backup else []
    found += [say(f"measure_mail_{stack.mail.security}")] if stack.mail else []
    return [*found, say("measure_disk")]
