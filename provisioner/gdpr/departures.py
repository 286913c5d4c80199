"""The dated report of a departure: what was closed to somebody, what could not be, what is to be changed."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.bundle import Bundle
from provisioner.documents.page import page
from provisioner.documents.paper import Paper, Part, Table
from provisioner.gdpr.breaches import private
from provisioner.gdpr.people import commands
from provisioner.host.layout import write
from provisioner.models.base import Text
from provisioner.unwritten import told

RESULTS = {
    "changed": Text(fr="fermé", en="closed"),
    "unchanged": Text(fr="était déjà fermé", en="was closed already"),
    "unknown": Text(fr="aucun compte à ce nom", en="no account of that name"),
}
NOT_ADVICE = Text(
    fr="Rapport automatique ; ne remplace pas un avis juridique. Il nomme une personne : à garder à l'abri.",
    en="Automatic report; not legal advice. It names a person: keep it safe.",
)


def write_report(bundle: Bundle, report: dict[str, Any], now: datetime) -> list[Path]:
    """Write the report as JSON and, in both languages, as HTML. Return the paths."""
    folder = bundle.folder / "gdpr" / "departures"
    day = f"{now.astimezone(ZoneInfo(bundle.stack.association.timezone)):%Y-%m-%d}"
    name, number = day, 2
    while (folder / f"{name}.json").exists():
        name, number = f"{day}-{number}", number + 1
    paper = departure_paper(report, bundle.stack.association.name, day)
    texts = {
        f"{name}-fr.html": page(paper, "fr"), f"{name}-en.html": page(paper, "en"),
        f"{name}.json": json.dumps({"date": day, **report}, indent=1, ensure_ascii=False, default=str) + "\n",
    }  # fmt: skip
    with told(folder):
        private(folder)
        for file, text in texts.items():
            write(folder / file, text, 0o600)
    return [folder / file for file in texts]


def departure_paper(report: dict[str, Any], association: str, day: str) -> Paper:
    """Return the report as a paper."""
    who = ", ".join(report["person"])
    return Paper(
        name="departure",
        title=Text(fr=f"Départ de {who} : {association}", en=f"{who} leaves: {association}"),
        lead=[
            Text(
                fr=f"Le {day}, les accès ci-dessous ont été fermés. Ce que la personne a écrit reste.",
                en=f"On {day}, the ways in below were closed. What the person wrote stays.",
            )
        ],
        parts=[_services(report), _host(report), _next(report)],
        foot=NOT_ADVICE,
        created=day,
    )


def _services(report: dict[str, Any]) -> Part:
    rows = [
        [
            _same(name),
            RESULTS.get(each["message"], Text(fr=f"**non** : {each['message']}", en=f"**no**: {each['message']}")),
        ]
        for name, each in report["services"].items()
    ]
    none = Text(fr="pas de comptes", en="no accounts")
    rows += [[_same(name), none] for name in report["without_accounts"]]
    unasked = [
        _same("-"),
        Text(fr="**non interrogés** : voir ce qui reste à faire", en="**not asked**: see what is left"),
    ]
    rows = rows or [unasked]
    head = [Text(fr="Service", en="Service"), Text(fr="Résultat", en="Result")]
    return Part(title=Text(fr="Services", en="Services"), table=Table(head=head, rows=rows))


def _host(report: dict[str, Any]) -> Part:
    host = report["host"]
    points = [
        Text(fr=f"Clé SSH retirée ({key['user']}) : {key['fingerprint']} {key['comment']}",
             en=f"SSH key removed ({key['user']}): {key['fingerprint']} {key['comment']}")
        for key in host["removed"]
    ]  # fmt: skip
    points += [
        Text(fr=f"Compte du serveur fermé : {name}", en=f"Account of the host closed: {name}")
        for name in host["closed"]
    ]
    points += [
        Text(fr=f"Ne peut plus ouvrir les secrets : {name}", en=f"Can no longer open the secrets: {name}")
        for name in report["recipients"]
    ]
    nothing = Text(
        fr="Aucune clé, aucun compte, aucun destinataire à ce nom.", en="No key, account or recipient of that name."
    )
    return Part(title=Text(fr="Serveur et secrets", en="Host and secrets"), points=points or [nothing])


def _next(report: dict[str, Any]) -> Part:
    points = [Text(fr=f"À changer : {line}", en=f"To be changed: {line}") for line in commands(report)]
    points += [Text(fr=f"**Non fait** : {line}", en=f"**Not done**: {line}") for line in report["trouble"]]
    for name, alike in report["possible"].items():
        people = ", ".join(alike)
        points.append(
            Text(fr=f"{name} : est-ce aussi cette personne ? {people}", en=f"{name}: is this the same person? {people}")
        )
    points.append(
        Text(
            fr="À la main : listes de diffusion extérieures, banque, réseaux sociaux, clés et ordinateurs prêtés.",
            en="By hand: outside mailing lists, bank, social networks, keys and computers lent.",
        )
    )
    return Part(title=Text(fr="Ce qui reste à faire", en="What is left to do"), points=points)


def _same(text: str) -> Text:
    return Text(fr=text, en=text)
