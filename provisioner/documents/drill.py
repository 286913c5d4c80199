"""The page for the board about a drill: did everything come back, how long did it take, what would have been lost."""

import time

from provisioner.documents.page import page
from provisioner.documents.paper import Paper, Part, Table
from provisioner.models.base import Text
from provisioner.models.drill import Drilled, DrillReport
from provisioner.models.stack import Stack

FAILURES = {
    "damaged": Text(fr="la copie est abîmée", en="the copy is damaged"),
    "unreachable": Text(fr="la copie ne répond pas", en="the copy does not answer"),
    "wrong_key": Text(fr="la clé n'ouvre pas la copie", en="the key does not open the copy"),
    "import_failed": Text(fr="la base de données n'a pas pu être relue", en="the database could not be read in"),
    "incomplete": Text(fr="la copie n'est pas entière", en="the copy is not whole"),
    "miscounted": Text(fr="il manque des données", en="data is missing"),
    "unreadable": Text(fr="un contenu connu n'a pas pu être relu", en="known content could not be read"),
    "not_erased": Text(
        fr="une personne effacée depuis n'a pas pu l'être à nouveau",
        en="somebody erased since could not be erased again",
    ),
    "not_healthy": Text(fr="le service restauré n'a pas démarré", en="the restored service did not start"),
    "memory": Text(fr="pas assez de mémoire pour l'essai", en="not enough memory for the trial"),
    "disk_full": Text(fr="pas assez de disque pour l'essai", en="not enough disk for the trial"),
}
# What services count of themselves (backup.counts of the catalog), in French.
COUNTED = {
    "accounts": "comptes", "answers-given": "réponses données", "articles": "articles", "authors": "auteurs",
    "comments": "commentaires", "contacts": "contacts", "discussions": "discussions", "entries": "fiches",
    "events": "événements", "files": "fichiers", "groups": "groupes", "invoices": "factures", "letters": "lettres",
    "lists": "listes", "members": "membres", "orders": "commandes", "pads": "pads", "pages": "pages",
    "parties": "tiers", "polls-made": "sondages créés", "projects": "projets", "revisions": "versions",
    "rooms": "salons", "subscribers": "abonnés", "subscriptions": "abonnements", "surveys": "questionnaires",
    "tables": "tables", "tasks": "tâches", "votes": "votes",
}  # fmt: skip
OTHER = Text(fr="l'essai n'a pas abouti", en="the trial did not succeed")


def drill_page(report: DrillReport, stack: Stack) -> str:
    """Given a report and its stack, return the page as HTML in the association's language."""
    return page(drill_paper(report, stack.association.name), stack.association.language)


def drill_paper(report: DrillReport, name: str) -> Paper:
    """Given a report and the association's name, return the paper, in both languages."""
    return Paper(
        name="drill",
        title=Text(
            fr=f"Exercice de restauration : {name}", en=f"Restore drill: {name}"
        ),
        lead=[_verdict(report), _when(report)],
        parts=[_table(report), _meaning(report)],
        foot=_signed(report),
        created=_day(report.time),
    )  # fmt: skip


def _day(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def _verdict(report: DrillReport) -> Text:
    good, total = sum(each.ok for each in report.instances), len(report.instances)
    if report.ok:
        return Text(
            fr=f"**Tout est revenu** : {good} services sur {total} ont été restaurés et relus.",
            en=f"**Everything came back**: {good} of {total} services were restored and read.",
        )
    return Text(
        fr=f"**Attention** : {good} services sur {total} sont revenus. Les autres ne pourraient pas être rétablis.",
        en=f"**Beware**: {good} of {total} services came back. The others could not be brought back.",
    )


def _when(report: DrillReport) -> Text:
    day = _day(report.time)
    return Text(
        fr=f"Essai du {day} sur {report.host}, sans toucher aux services en marche.",
        en=f"Trial of {day} on {report.host}; the running services were not touched.",
    )


def _table(report: DrillReport) -> Part:
    head = [
        Text(fr="Service", en="Service"), Text(fr="Revenu", en="Came back"), Text(fr="Durée", en="Time"),
        Text(fr="Travail perdu au plus", en="Work lost at most"), Text(fr="Trouvé", en="Found"),
    ]  # fmt: skip
    rows = [_row(each) for each in report.instances]
    return Part(title=Text(fr="Service par service", en="Service by service"), table=Table(head=head, rows=rows))


def _row(item: Drilled) -> list[Text]:
    name = item.instance.partition("_")[2]
    french = ", ".join(f"{COUNTED.get(key, key)} : {number}" for key, number in item.counts.items()) or "-"
    english = ", ".join(f"{key.replace('-', ' ')}: {number}" for key, number in item.counts.items()) or "-"
    found = Text(fr=french, en=english) if item.ok else FAILURES.get(item.code, OTHER)
    yes = Text(fr="oui", en="yes") if item.ok else Text(fr="**non**", en="**no**")
    return [Text(fr=name, en=name), yes, _minutes(item.rto_seconds), _hours(item.rpo_seconds), found]


def _minutes(seconds: float) -> Text:
    number = max(1, round(seconds / 60))
    return Text(fr=f"{number} min", en=f"{number} min")


def _hours(seconds: int) -> Text:
    number = round(seconds / 3600, 1)
    return Text(fr=f"{number} h".replace(".", ","), en=f"{number} h")


def _meaning(report: DrillReport) -> Part:
    untold = [each.instance.partition("_")[2] for each in report.instances if each.ok and not each.marker]
    points = [
        Text(
            fr="Durée : le temps qu'il faut pour retrouver ce service, sur ce serveur.",
            en="Time: how long it takes to have this service back, on this server.",
        ),
        Text(
            fr="Travail perdu : l'âge de la copie. Ce qui a été écrit depuis serait à refaire.",
            en="Work lost: the age of the copy. What was written since would have to be done again.",
        ),
    ]
    if untold:
        names = ", ".join(untold)
        points.append(
            Text(
                fr=f"Aucun texte témoin n'avait été écrit dans : {names}. Démarrage et nombres ont été vérifiés.",
                en=f"No known text had been written in: {names}. Start and numbers were verified.",
            )
        )
    return Part(title=Text(fr="Ce que cela veut dire", en="What it means"), points=points)


def _signed(report: DrillReport) -> Text:
    return {
        "yes": Text(fr="Signé par la clé du serveur, et vérifié.", en="Signed with the server's key, and verified."),
        "no": Text(fr="Non signé : le serveur n'a pas de clé.", en="Not signed: the server has no key."),
        "wrong": Text(
            fr="**La signature n'est pas celle du serveur connu.**", en="**The signature is not the known server's.**"
        ),
    }[report.signed]
