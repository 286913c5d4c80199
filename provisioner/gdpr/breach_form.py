"""The authority's form for a breach, filled in as far as the stack, gdpr.yaml and the register know. Pure.

Which fields the form of notifications.cnil.fr has is general knowledge, to be checked against the form itself.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.gdpr.breach_clock import deadline, first_notice, local
from provisioner.gdpr.breach_words import (
    AUTHORITY,
    CONSEQUENCES,
    KINDS,
    MEASURES_BEFORE,
    RISKS,
    STAGES,
    TO_FILL,
    UNKNOWN,
)  # fmt: skip
from provisioner.models.base import Text
from provisioner.models.breach import Breach
from provisioner.models.gdpr import Activity
from provisioner.vocabulary import vocabulary


class Field(NamedTuple):
    """One field of the form: its key for scripts, its label, the answer, and whether a person must still answer."""

    key: str
    label: Text
    answer: Text
    open: bool = False


class Section(NamedTuple):
    """One part of the form."""

    title: Text
    fields: list[Field]


def same(value: str) -> Text:
    """Return a value that is the same in both languages."""
    return Text(fr=value, en=value)


def field(key: str, fr: str, en: str, answer: Text | str | None) -> Field:
    """Return a field; without an answer it says that one is wanted: none is ever empty."""
    known = same(answer) if isinstance(answer, str) and answer.strip() else answer
    return Field(key, Text(fr=fr, en=en), known if isinstance(known, Text) else TO_FILL, not isinstance(known, Text))


def form(bundle: Bundle, catalog: Catalog, breach: Breach) -> list[Section]:
    """Return the whole form. What a person answered to a field stands in place of what we know."""
    activities = [each for _name, each in concerned(bundle, catalog, breach)]
    parts = [
        ("La notification", "The notification", _notification(bundle, breach)),
        ("L'organisme", "The organisation", _organisation(bundle)),
        ("La violation", "The breach", _what(bundle, breach)),
        ("Les données et les personnes", "The data and the people", _data(bundle, breach, activities)),
        ("Conséquences et mesures", "Consequences and measures", _measures(bundle, breach)),
        ("Information des personnes", "Informing the people", _people(breach)),
        ("Frontières", "Borders", _borders(bundle)),
    ]
    return [Section(Text(fr=fr, en=en), [_answered(each, breach) for each in fields]) for fr, en, fields in parts]


def _answered(known: Field, breach: Breach) -> Field:
    given = breach.answers.get(known.key)
    return known._replace(answer=same(given), open=False) if given else known


def concerned(bundle: Bundle, catalog: Catalog, breach: Breach) -> list[tuple[str, Activity]]:
    """Return the activities of the services concerned; without any named, of the whole stack."""
    names = breach.services or list(bundle.stack.services)
    known = [name for name in names if name in catalog.services]
    return [(name, each) for name in known for each in catalog.services[name].service.gdpr.activities]


def _notification(bundle: Bundle, breach: Breach) -> Iterator[Field]:
    zone = bundle.stack.association.timezone
    stages = [each for each in breach.notified if each.whom == "authority"]
    done = "; ".join(f"{STAGES[each.stage].fr} : {local(each.time, zone)} {each.reference}".strip() for each in stages)
    done_en = "; ".join(
        f"{STAGES[each.stage].en}: {local(each.time, zone)} {each.reference}".strip() for each in stages
    )
    nothing = Text(
        fr="première notification (tout n'est pas encore connu : compléter plus tard) ou notification complète",
        en="first notification (not all is known yet: complete it later) or complete notification",
    )
    yield field("stage", "Type de notification", "Kind of notification", Text(fr=done, en=done_en) if done else nothing)
    yield field("reference_inner", "Référence interne", "Our own reference", breach.id)
    yield field("aware", "Prise de connaissance", "Becoming aware", local(breach.aware, zone))
    yield field(
        "deadline", "À notifier au plus tard", "To be notified at the latest", local(deadline(breach.aware), zone)
    )
    late = breach.closed.late if breach.closed else ""
    if (first_notice(breach) or datetime.now(UTC)) > deadline(breach.aware):
        yield field("late", "Raisons du retard", "Reasons for the delay", breach.answers.get("late") or late)
    else:
        text = Text(fr="à dire seulement après 72 heures", en="to be said after 72 hours only")
        yield field("late", "Raisons du retard", "Reasons for the delay", text)


def _organisation(bundle: Bundle) -> Iterator[Field]:
    data, about = bundle.protection, bundle.stack.association
    controller = data.controller if data else None
    yield field("controller", "Responsable du traitement", "Controller", controller.name if controller else about.name)
    yield field("address", "Adresse", "Address", controller.address if controller else None)
    yield field("number", "Numéro SIREN ou RNA", "SIREN or RNA number", controller.number if controller else None)
    person = controller.representative if controller else None
    role = f" ({person.role})" if person and person.role else ""
    yield field(
        "representative", "Représentant légal", "Legal representative", f"{person.name}{role}" if person else None
    )
    officer = data.officer if data else None
    contact = f"{officer.name}, {officer.email} {officer.phone}".strip() if officer else about.contact
    yield field("contact", "Délégué ou personne à contacter", "Officer or person to contact", contact)
    kind = {
        "none": Text(fr="pas de délégué désigné : une personne à contacter", en="no officer designated: a contact"),
        "internal": Text(fr="délégué interne", en="internal officer"),
        "external": Text(fr="délégué externe", en="external officer"),
    }
    yield field("officer_kind", "Qualité", "Capacity", kind[officer.kind] if officer else None)
    names = [f"{each.name} ({each.country})" for each in data.processors] if data else []
    own = Text(fr="aucun sous-traitant déclaré", en="no processor declared")
    yield field(
        "others", "Autres organismes concernés", "Other bodies concerned", ", ".join(names) or (own if data else None)
    )


def _what(bundle: Bundle, breach: Breach) -> Iterator[Field]:
    zone = bundle.stack.association.timezone
    joined = [KINDS[kind] for kind in breach.kinds]
    kinds = Text(fr=" ; ".join(k.fr for k in joined), en="; ".join(k.en for k in joined)) if joined else None
    yield field("kind", "Nature de la violation", "Nature of the breach", kinds)
    yield field("what", "Ce qui s'est passé", "What happened", breach.what)
    yield field("cause", "Origine (acte malveillant, erreur, panne ; interne ou externe)",
                "Origin (malicious act, mistake, failure; internal or external)", breach.cause)  # fmt: skip
    began = local(breach.began, zone) if breach.began else UNKNOWN
    ended = local(breach.ended, zone) if breach.ended else UNKNOWN
    yield field("began", "Début", "Beginning", began)
    yield field("ended", "Fin", "End", ended)
    services = ", ".join(breach.services)
    whole = Text(fr="tout le serveur, en l'état des connaissances", en="the whole host, as far as known")
    yield field("services", "Services concernés", "Services concerned", services or whole)


def _data(bundle: Bundle, breach: Breach, activities: list[Activity]) -> Iterator[Field]:
    words = vocabulary()
    people = list(dict.fromkeys(key for each in activities for key in each.subjects))
    data = list(dict.fromkeys(key for each in activities for key in each.data))
    labels = [words.people[key].label for key in people]
    yield field("people_kinds", "Catégories de personnes", "Categories of people", _listed(labels))
    yield field("people_number", "Nombre approximatif de personnes", "Approximate number of people",
                _number(breach.people, breach))  # fmt: skip
    labels = [words.data[key].label for key in data]
    yield field("data_kinds", "Catégories de données", "Categories of data", _listed(labels))
    told = bundle.protection.services if bundle.protection else {}
    chosen = [key for name in breach.services or told for key in (told[name].sensitive if name in told else [])]
    sensitive = [*chosen, *(key for key in data if words.data[key].sensitive)]
    labels = [words.data[key].label for key in dict.fromkeys(sensitive)]
    none = Text(fr="aucune selon la fiche des services ; à vérifier", en="none by the services' sheets; to be checked")
    yield field("sensitive", "Données sensibles", "Sensitive data", _listed(labels) or none)
    yield field("records", "Nombre approximatif d'enregistrements", "Approximate number of records",
                _number(breach.records, breach))  # fmt: skip


def _listed(labels: list[Text]) -> Text | None:
    if not labels:
        return None
    return Text(fr=" ; ".join(each.fr for each in labels), en="; ".join(each.en for each in labels))


def _number(known: int | None, breach: Breach) -> Text | str | None:
    """Return what a person said, else what the host counted in each service."""
    if known is not None:
        return str(known)
    counted = "; ".join(
        f"{service}: " + ", ".join(f"{name} {number}" for name, number in each.items())
        for service, each in breach.counts.items()
        if each and (not breach.services or service in breach.services)
    )
    return (
        Text(
            fr=f"à préciser ; compté sur le serveur : {counted}",
            en=f"to be made precise; counted on the host: {counted}",
        )
        if counted
        else None
    )


def _measures(bundle: Bundle, breach: Breach) -> Iterator[Field]:
    likely = [CONSEQUENCES[kind] for kind in breach.kinds]
    yield field("consequences", "Conséquences probables", "Likely consequences", _listed(likely))
    yield field(
        "risk", "Gravité estimée", "Severity as judged", None if breach.risk == "unknown" else RISKS[breach.risk]
    )
    yield field("risk_why", "Raisons de cette estimation", "Reasons for this judgement", breach.reason)
    before = [MEASURES_BEFORE["secrets"], MEASURES_BEFORE["tls"]]
    before += [MEASURES_BEFORE["backup"]] if bundle.stack.backup else []
    yield field("before", "Mesures en place avant", "Measures in place before", _listed(before))
    yield field("after", "Mesures prises ou prévues", "Measures taken or planned", "; ".join(breach.measures))


def _people(breach: Breach) -> Iterator[Field]:
    told = [each for each in breach.notified if each.whom == "people"]
    no = Text(fr="non, pas encore", en="no, not yet")
    when = "; ".join(f"{each.time:%Y-%m-%d %H:%M} UTC {each.reference}".strip() for each in told)
    yield field("people_told", "Personnes informées", "People informed", when or no)
    yield field("people_why", "Pourquoi, ou pourquoi pas", "Why, or why not", breach.people_why)


def _borders(bundle: Bundle) -> Iterator[Field]:
    data = bundle.protection
    countries = sorted({each.country for each in data.processors}) if data else []
    yield field(
        "countries", "Pays où se trouvent les données", "Countries where the data is", ", ".join(countries) or None
    )
    yield field("transfers", "Transferts hors de l'EEE", "Transfers out of the EEA", {
        "forbidden": Text(fr="exclus par l'association", en="ruled out by the association"),
        "allowed": Text(fr="possibles : voir le registre", en="possible: see the record"),
    }[data.transfers] if data else None)  # fmt: skip
    yield field(
        "cross_border",
        "Personnes d'autres pays de l'Union concernées",
        "People of other countries of the Union concerned",
        None,
    )
    yield field(
        "others_told", "Autres autorités informées (police, ANSSI…)", "Other authorities told (police...)", None
    )
    yield field("where", "Où notifier", "Where to notify", AUTHORITY)
