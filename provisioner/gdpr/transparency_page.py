"""The transparency pack as a paper, in both languages. Pure."""

from functools import cache
from typing import Any

from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.words import plain
from provisioner.gdpr.words import period_text
from provisioner.load import load_model
from provisioner.models.base import Text
from provisioner.models.chatons import Chatons
from provisioner.paths import data_dir
from provisioner.retention import Period
from provisioner.sentences import sentence, sentences
from provisioner.vocabulary import vocabulary

NAME = "gdpr_transparency"


@cache
def chatons() -> Chatons:
    """Return catalog/chatons.yaml."""
    return load_model(data_dir("catalog") / "chatons.yaml", Chatons)


def transparency_paper(data: dict[str, Any]) -> Paper:
    """Given what `pack` returned, return the paper."""
    period = data["period"]
    parts = [
        _services(data), _figures(data["figures"]), _place(data["place"]), _backups(data["backups"]),
        _durations(data["durations"]), _incidents(data["incidents"]), _people(data["people"]),
        _authorities(data["authorities"]), _chatons(),
    ]  # fmt: skip
    return Paper(
        name="transparency", title=_say("title", name=data["body"]), parts=parts, foot=_say("foot"),
        lead=[_say("lead", start=period["from"], end=period["to"])], created=data["taken"],
    )  # fmt: skip


def _say(key: str, /, **values: object) -> Text:
    return sentence(
        NAME, key, {name: value if isinstance(value, Text) else str(value) for name, value in values.items()}
    )


def _services(data: dict[str, Any]) -> Part:
    head = [_say(key) for key in ("service", "version", "license", "source", "instances")]
    rows = [
        [
            plain(row["title"]),
            _say("stand_in", version=row["version"]) if row["stand_in"] else plain(row["version"]),
            plain(row["license"]), plain(row["source"]), plain(str(row["instances"])),
        ]
        for row in data["services"]
    ]  # fmt: skip
    return Part(title=_say("services"), lines=[_say("sbom")], table=Table(head=head, rows=rows, figures=[4]))


def _figures(data: dict[str, Any]) -> Part:
    known = data["accounts"] is not None
    points = [
        _say("count_all", **{key: data[key] for key in ("associations", "services", "instances")}),
        _say("healthy_unknown") if data["healthy"] is None else _say("healthy", count=data["healthy"]),
        _say("accounts", count=data["accounts"], day=data["accounts_counted"]) if known else _say("accounts_unknown"),
    ]
    return Part(title=_say("figures"), points=points)


def _place(data: dict[str, Any]) -> Part:
    points = [_say("own")] if data["own"] else []
    points += [_say("host", **each) for each in data["hosts"]]
    points += [_say("other", role=_kind(each["role"]), country=plain(each["country"])) for each in data["others"]]
    return Part(title=_say("place"), points=points if data["known"] else [_say("place_unknown")])


def _backups(data: list[dict[str, Any]]) -> Part:
    points = []
    for each in data:
        if not each["copies"]:
            points.append(_say("no_backup"))
            continue
        points.append(_say("backup", every=each["every_hours"], **{
            key: each[key] for key in ("copies", "offsite", "daily", "weekly", "monthly")
        }))  # fmt: skip
        outcome = _say("went_well" if each["last_drill_ok"] else "failed")
        day = plain(each["last_drill"] or "-")
        points.append(_say("drill", day=day, outcome=outcome) if each["last_drill"] else _say("drill_never"))
    return Part(title=_say("backups"), points=list({point.en: point for point in points}.values()))


def _durations(data: dict[str, Any]) -> Part:
    labels = vocabulary().retention
    points = [
        _say("duration", label=labels[key].label, period=period_text(Period.of(text)))
        for key, text in data["keys"].items()
        if key in labels
    ]
    return Part(title=_say("durations"), points=[*points, _say("logs", days=data["log_days"])])


def _incidents(data: dict[str, Any]) -> Part:
    points = [
        _say(
            "incident", day=plain(each["day"]), kinds=_kinds(each["kinds"]),
            state=_say("open" if each["open"] else "closed"),
            told=_say("told" if each["authority_told"] else "not_told"),
        )
        for each in data["breaches"]
    ]  # fmt: skip
    points = points or [_say("no_incident")]
    points += [_say("failed_drills", count=data["failed_drills"])] if data["failed_drills"] else []
    return Part(title=_say("incidents"), points=points)


def _people(data: dict[str, Any]) -> Part:
    points = [_say("people_row", kind=_kind(kind), count=plain(str(count))) for kind, count in data["received"].items()]
    if not points:
        return Part(title=_say("people"), points=[_say("people_none")])
    return Part(
        title=_say("people"), points=[*points, _say("people_late", closed=data["closed"], late=data["answered_late"])]
    )


def _authorities(data: dict[str, Any]) -> Part:
    points = [_say("authority", **each) for each in data["requests"]]
    if not points:
        points = [_say("authorities_none" if data["kept"] else "authorities_unkept")]
    return Part(title=_say("authorities"), points=points)


def _chatons() -> Part:
    rows = [[each.text, _say(each.shown)] for each in chatons().criteria]
    return Part(title=_say("chatons"), table=Table(head=[_say("criterion"), _say("shown")], rows=rows))


def _kind(name: str) -> Text:
    return sentences(NAME).kinds.get(name, sentences(NAME).kinds["other"])


def _kinds(names: list[str]) -> Text:
    found = [_kind(name) for name in names] or [plain("-")]
    return Text(fr=", ".join(each.fr for each in found), en=", ".join(each.en for each in found))
