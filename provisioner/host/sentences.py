"""The sentences of alerts, in French and English: this program has no catalogue of translations, and these are few."""

from __future__ import annotations

import time
from typing import Any

LANGUAGES = ("en", "fr")
_RUN, _STATUS = "provisioner backup run", "provisioner status"
# Condition -> language -> (headline, what is the matter, what to do next).
SENTENCES: dict[str, dict[str, tuple[str, str, str]]] = {
    "backup_late": {
        "en": (
            "Backup late: {instance}, {destination}",
            "The last good backup of {instance} in {destination}: {age}.",
            f"Is the destination reachable, was the host on? Then: {_RUN}",
        ),
        "fr": (
            "Sauvegarde en retard : {instance}, {destination}",
            "Dernière bonne sauvegarde de {instance} dans {destination} : {age}.",
            f"La destination répond-elle, le serveur était-il allumé ? Puis : {_RUN}",
        ),
    },
    "backup_failed": {
        "en": (
            "Backup failed: {instance}, {destination}",
            "The backup of {instance} to {destination} failed. Older good copies stay.",
            f"Mend what the message says, then: {_RUN}. Until then the host tries again by itself.",
        ),
        "fr": (
            "Sauvegarde échouée : {instance}, {destination}",
            "La sauvegarde de {instance} vers {destination} a échoué. Les bonnes copies antérieures restent.",
            f"Corrigez ce que dit le message, puis : {_RUN}. D'ici là, le serveur réessaie de lui-même.",
        ),
    },
    "repository_full": {
        "en": (
            "No space left: {instance}, {destination}",
            "The backup of {instance} to {destination} failed: no space left there or on the host.",
            f"Make room or keep fewer copies (backup.keep in stack.yaml), then: {_RUN}",
        ),
        "fr": (
            "Plus de place : {instance}, {destination}",
            "La sauvegarde de {instance} vers {destination} a échoué : plus de place là-bas ou sur le serveur.",
            f"Faites de la place ou gardez moins de copies (backup.keep dans stack.yaml), puis : {_RUN}",
        ),
    },
    "record_failed": {
        "en": (
            "Record not written: {destination}",
            "The copies in {destination} are there, but the list of the good ones could not be written beside them.",
            f"Mend what the message says, then: {_RUN}",
        ),
        "fr": (
            "Registre non écrit : {destination}",
            "Les copies dans {destination} existent, mais la liste des bonnes n'a pas pu être écrite à côté d'elles.",
            f"Corrigez ce que dit le message, puis : {_RUN}",
        ),
    },
    "check_failed": {
        "en": (
            "Check failed: {destination}",
            "A check of the copies in {destination} failed: they may be damaged. Nothing is deleted there meanwhile.",
            f"Do not delete anything. See the other destinations: {_STATUS}. Make a new copy: {_RUN}",
        ),
        "fr": (
            "Vérification échouée : {destination}",
            "Une vérification des copies dans {destination} a échoué : elles sont peut-être abîmées. Rien n'y est "
            "effacé en attendant.",
            f"N'effacez rien. Voyez les autres destinations : {_STATUS}. Faites une nouvelle copie : {_RUN}",
        ),
    },
    "check_not_done": {
        "en": (
            "Check not done: {destination}",
            "The copies in {destination} could not be checked: the destination did not let the host in.",
            f"Is it reachable, are login and key still right? See: {_STATUS}",
        ),
        "fr": (
            "Vérification impossible : {destination}",
            "Les copies dans {destination} n'ont pas pu être vérifiées : la destination n'a pas ouvert au serveur.",
            f"Répond-elle, l'identifiant et la clé sont-ils toujours bons ? Voyez : {_STATUS}",
        ),
    },
    "check_late": {
        "en": (
            "Check late: {destination}",
            "The last check of the copies in {destination}: {age}.",
            f"Is the destination reachable, is the host on at night? See: {_STATUS}",
        ),
        "fr": (
            "Vérification en retard : {destination}",
            "Dernière vérification des copies dans {destination} : {age}.",
            f"La destination répond-elle, le serveur est-il allumé la nuit ? Voyez : {_STATUS}",
        ),
    },
    "packs_unread": {
        "en": (
            "Copies not read: {destination}",
            "A part of the copies in {destination} was last read whole: {age}. Damage there would go unseen.",
            f"Is the destination reachable, is the host on at night? See: {_STATUS}",
        ),
        "fr": (
            "Copies non relues : {destination}",
            "Une partie des copies dans {destination} a été relue en entier : {age}. Un défaut y resterait invisible.",
            f"La destination répond-elle, le serveur est-il allumé la nuit ? Voyez : {_STATUS}",
        ),
    },
    "drill_failed": {
        "en": (
            "Restore for practice failed: {instance}",
            "The latest backup of {instance} could not be restored for practice ({age}).",
            "Mend what the message says, then: provisioner drill",
        ),
        "fr": (
            "Restauration d'essai échouée : {instance}",
            "La dernière sauvegarde de {instance} n'a pas pu être restaurée à l'essai ({age}).",
            "Corrigez ce que dit le message, puis : provisioner drill",
        ),
    },
    "drill_late": {
        "en": (
            "Restore for practice late: {instance}",
            "The last restore for practice of {instance}: {age}.",
            "Is the host on at night? Do one now: provisioner drill",
        ),
        "fr": (
            "Restauration d'essai en retard : {instance}",
            "Dernière restauration d'essai de {instance} : {age}.",
            "Le serveur est-il allumé la nuit ? Faites-en une maintenant : provisioner drill",
        ),
    },
    "prune_failed": {
        "en": (
            "Tidying failed: {destination}",
            "Old copies in {destination} could not be removed ({age}). New ones are made all the same.",
            f"Mend what the message says; the host tries again in a day. See: {_STATUS}",
        ),
        "fr": (
            "Ménage échoué : {destination}",
            "Les vieilles copies dans {destination} n'ont pas pu être retirées ({age}). Les nouvelles se font.",
            f"Corrigez ce que dit le message ; le serveur réessaie dans un jour. Voyez : {_STATUS}",
        ),
    },
    "purge_failed": {
        "en": (
            "Old data not deleted: {instance}",
            "What has become too old in {instance} could not be deleted ({age}).",
            "Mend what the message says; the host tries again by itself. See: provisioner gdpr retention --check",
        ),
        "fr": (
            "Données anciennes non effacées : {instance}",
            "Ce qui est devenu trop ancien dans {instance} n'a pas pu être effacé ({age}).",
            "Corrigez ce que dit le message ; le serveur réessaie de lui-même. Voyez : provisioner gdpr retention "
            "--check",
        ),
    },
    "clock_jumped": {
        "en": (
            "The host's clock jumped",
            "The host's clock jumped. Backups go on; no old copy is removed until it has run evenly for a day.",
            "Is the time on the host right (timedatectl)? If not, set it.",
        ),
        "fr": (
            "L'horloge du serveur a sauté",
            "L'horloge du serveur a sauté. Les sauvegardes continuent ; aucune vieille copie n'est retirée avant un "
            "jour de marche régulière.",
            "L'heure du serveur est-elle juste (timedatectl) ? Sinon, réglez-la.",
        ),
    },
    "no_destination_offsite": {
        "en": (
            "No copy elsewhere",
            "All copies lie at the same place as the host: fire or theft takes them together.",
            "Add a destination at another place to backup.destinations in stack.yaml, then: provisioner apply",
        ),
        "fr": (
            "Aucune copie ailleurs",
            "Toutes les copies sont au même endroit que le serveur : un incendie ou un vol les emporte ensemble.",
            "Ajoutez une destination ailleurs à backup.destinations dans stack.yaml, puis : provisioner apply",
        ),
    },
    "one_destination": {
        "en": (
            "Only one copy",
            "There is one destination only ({destination}): when it fails, nothing is left.",
            "Add a second one to backup.destinations in stack.yaml, then: provisioner apply",
        ),
        "fr": (
            "Une seule copie",
            "Il n'y a qu'une destination ({destination}) : si elle lâche, il ne reste rien.",
            "Ajoutez-en une deuxième à backup.destinations dans stack.yaml, puis : provisioner apply",
        ),
    },
    "shrunk": {
        "en": (
            "Backup much smaller: {instance}, {destination}",
            "The latest backup of {instance} is less than half as big as the one before it.",
            "Was so much deleted on purpose? If not, restore the copy before: provisioner restore --help",
        ),
        "fr": (
            "Sauvegarde bien plus petite : {instance}, {destination}",
            "La dernière sauvegarde de {instance} est moins de moitié aussi grosse que la précédente.",
            "Tant de choses ont-elles été effacées exprès ? Sinon, restaurez la copie d'avant : "
            "provisioner restore --help",
        ),
    },
}
WORDS = {
    "en": {
        "subject": "[{name}] {headline}", "more": "{headline}, and {count} more", "over": "Over: {headline}",
        "since": "since {when}", "details": "Message: {message}", "next": "Next: {next}", "date": "%Y-%m-%d %H:%M",
        "never": "never", "hours": "{count} h ago", "days": "{count} days ago",
        "foot": f"How all copies are: {_STATUS}",
    },
    "fr": {
        "subject": "[{name}] {headline}", "more": "{headline}, et {count} de plus", "over": "Terminé : {headline}",
        "since": "depuis le {when}", "details": "Message : {message}", "next": "À faire : {next}",
        "date": "%d/%m/%Y %H:%M", "never": "jamais", "hours": "il y a {count} h", "days": "il y a {count} jours",
        "foot": f"L'état de toutes les copies : {_STATUS}",
    },
}  # fmt: skip


def letter(language: str, name: str, told: list[dict[str, Any]]) -> tuple[str, str]:
    """Given what is to be told (see alerts.decide) by an association, return (subject, text) in its language."""
    words = WORDS[language if language in WORDS else "en"]
    headlines = [_headline(words, language, item) for item in told]
    headline = headlines[0]
    if len(told) > 1:
        headline = words["more"].format(headline=headline, count=len(told) - 1)
    paragraphs = [_paragraph(words, language, item) for item in told]
    return words["subject"].format(name=name, headline=headline), "\n\n".join([*paragraphs, words["foot"]]) + "\n"


def _headline(words: dict[str, str], language: str, item: dict[str, Any]) -> str:
    headline = _sentence(language, item)[0].format(**item)
    return words["over"].format(headline=headline) if item["event"] == "over" else headline


def _paragraph(words: dict[str, str], language: str, item: dict[str, Any]) -> str:
    """Return what is told of one condition: when it is over, one line."""
    if item["event"] == "over":
        return _headline(words, language, item)
    _headline_of, what, following = _sentence(language, item)
    since = words["since"].format(when=time.strftime(words["date"], time.localtime(item["since"])))
    lines = [f"{what.format(**item, age=_age(words, item['age_hours']))} ({since})"]
    if item["message"]:
        lines.append(words["details"].format(message=" ".join(item["message"].split())[:500]))
    return "\n".join([*lines, words["next"].format(next=following)])


def _sentence(language: str, item: dict[str, Any]) -> tuple[str, str, str]:
    texts = SENTENCES[item["code"]]
    return texts[language] if language in texts else texts["en"]


def _age(words: dict[str, str], hours: float | None) -> str:
    if hours is None:
        return words["never"]
    return words["days"].format(count=round(hours / 24)) if hours >= 48 else words["hours"].format(count=round(hours))
