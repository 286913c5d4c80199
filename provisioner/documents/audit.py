"""The scorecard of a host as a page: the verdict first, then figures, what fails and why, waivers, changes, history."""

from collections.abc import Iterator, Mapping

from provisioner.documents.audit_words import Words, words
from provisioner.documents.page import page
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.words import plain, together
from provisioner.models.base import Text
from provisioner.models.scorecard import AUDITORS, Audited, AuditorName, Comparison, Found, Goal, Scorecard
from provisioner.sentences import filled

# The figures that say most, first.
ALWAYS = {*AUDITORS} - {"anssi_bp28_enhanced"}
SHOWN = (
    "tailored", "raw", "evaluated", "left", "waived", "index", "fails", "warnings", "containers", "broken", "open",
    "unexpected", "lowest", "problems", "days",
)  # fmt: skip


def audit_page(
    card: Scorecard, before: Comparison | None, first: Comparison | None, history: list[Scorecard], language: str
) -> str:
    """Given a scorecard, what changed since the last and the first, and the past ones, return the page as HTML."""
    return page(audit_paper(card, before, first, history), language)


def audit_paper(
    card: Scorecard, before: Comparison | None, first: Comparison | None, history: list[Scorecard]
) -> Paper:
    """Return the paper, in both languages."""
    p = words().page
    since = [_changes(each) for each in _distinct(before, first)]
    parts = [_scores(card), _goals(card), *since, *_failing(card), *_waived(card), *_advice(card), *_notes(card)]
    return Paper(
        name="audit",
        title=filled(p["title"], host=card.host),
        lead=[*verdict(card, before), _when(card)],
        parts=[*parts, *([_history([*history, card])] if history else [])],
        foot=p["foot"],
        created=card.time[:10],
    )


def verdict(card: Scorecard, before: Comparison | None) -> list[Text]:
    """Return what to know first: goals, who could not judge, whether something got worse."""
    p, missed = words().page, [goal for goal in card.goals if goal.met is False]
    silent = [each for each in card.auditors if each.not_run is not None]
    level, lines = words().levels[card.level], []

    if missed:
        lines.append(filled(p["lead_bad"], missed=len(missed), total=len(card.goals), level=level))
    elif not silent:
        asked = {each.name for each in card.auditors}
        lines.append(filled(p["lead_good" if asked >= ALWAYS else "lead_part"], level=level))
    if silent:
        names = together([words().auditors[each.name] for each in silent], ", ")
        lines.append(filled(p["lead_silent"], names=names))
    if before and before.regressed:
        lines.append(filled(p["lead_worse"], time=spoken(before.time)))
    return lines


def spoken(time: str) -> str:
    """Return a time of a scorecard as people read it."""
    return time[:16].replace("T", " ")


def number(value: float) -> str:
    """Return a figure without a needless decimal."""
    return str(int(value)) if float(value).is_integer() else f"{value:.1f}"


def figure_text(key: str, value: float) -> Text:
    """Return a figure with its name: "with waivers: 96.2 %"."""
    known = words().figures.get(key)
    if not known:
        return plain(f"{key}: {number(value)}")
    unit = f" {known.unit}" if known.unit else ""
    french = number(value).replace(".", ",")
    return Text(fr=f"{known.title.fr} : {french}{unit}", en=f"{known.title.en}: {number(value)}{unit}")


def figures_text(audited: Audited) -> Text:
    """Return what an auditor found in one line: its main figures, or why there are none."""
    if audited.not_run is not None:
        w = words().page["not_run"]
        return Text(fr=f"**{w.fr}** : {audited.not_run.fr}", en=f"**{w.en}**: {audited.not_run.en}")
    texts = [figure_text(key, audited.figures[key]) for key in SHOWN if key in audited.figures]
    return Text(fr=" ; ".join(text.fr for text in texts), en="; ".join(text.en for text in texts))


def goal_text(goal: Goal) -> Text:
    """Return what a goal asks for."""
    name, figure, w = words().auditors[goal.auditor], words().figures[goal.figure], words().page
    least = goal.least is not None
    bound = filled(w["least" if least else "most"], value=number((goal.least if least else goal.most) or 0))
    unit = f" {figure.unit}" if figure.unit else ""
    return Text(
        fr=f"{name.fr} : {figure.title.fr}, {bound.fr}{unit}", en=f"{name.en}: {figure.title.en}, {bound.en}{unit}"
    )


def goal_state(goal: Goal) -> Text:
    """Return whether a goal is met, in a word."""
    return words().page["open" if goal.met is None else "met" if goal.met else "missed"]


def _when(card: Scorecard) -> Text:
    version = card.content.version if card.content else "-"
    release = str(card.release) if card.release else "-"
    return filled(words().page["when"], time=spoken(card.time), release=release, content=version)


def _scores(card: Scorecard) -> Part:
    p = words().page
    rows = [[words().auditors[each.name], plain(each.version or "-"), figures_text(each)] for each in card.auditors]
    return Part(title=p["scores"], table=Table(head=[p["auditor"], p["version"], p["figures"]], rows=rows))


def _goals(card: Scorecard) -> Part:
    p = words().page
    rows = [
        [goal_text(goal), plain("-" if goal.value is None else number(goal.value)), goal_state(goal)]
        for goal in card.goals
    ]
    return Part(title=p["goals"], table=Table(head=[p["goal"], p["value"], p["state"]], rows=rows, figures=[1]))


def _distinct(before: Comparison | None, first: Comparison | None) -> list[Comparison]:
    found = [each for each in (before, first) if each is not None]
    return found[:1] if len(found) == 2 and found[0].time == found[1].time else found


def change_word(better: bool | None) -> Text:
    """Return a change in a word."""
    return words().page["changed" if better is None else "better" if better else "worse"]


def _changes(comparison: Comparison) -> Part:
    w: Words = words()
    p = w.page
    points = [
        Text(fr=f"**{p[kind].fr}** : {each.title.fr}", en=f"**{p[kind].en}**: {each.title.en}")
        for kind, rows in (
            ("newly_failing", comparison.newly_failing), ("newly_passing", comparison.newly_passing),
        )
        for _name, each in rows
    ]  # fmt: skip
    points += [
        Text(fr=f"**{p['not_run'].fr}** : {w.auditors[name].fr}", en=f"**{p['not_run'].en}**: {w.auditors[name].en}")
        for name in comparison.silent
    ]
    rows = [
        [
            w.auditors[each.auditor], w.figures[each.figure].title if each.figure in w.figures else plain(each.figure),
            plain(number(each.before)), plain(number(each.now)), change_word(each.better),
        ]
        for each in comparison.changes
    ]  # fmt: skip
    head = [p["auditor"], p["figure"], p["before"], p["now"], p["same"]]
    head[-1] = plain("±")
    title = filled(p["changes"], time=spoken(comparison.time))
    table = Table(head=head, rows=rows, figures=[2, 3]) if rows else None
    return Part(title=title, lines=[] if points or rows else [p["nothing"]], points=points, table=table)


def _parts(card: Scorecard, title: Text, second: Text, rows: Mapping[AuditorName, list[list[Text]]]) -> Iterator[Part]:
    for each in card.auditors:
        if rows.get(each.name):
            name = words().auditors[each.name]
            named = Text(fr=f"{title.fr} : {name.fr}", en=f"{title.en}: {name.en}")
            yield Part(title=named, table=Table(head=[words().page["rule"], second], rows=rows[each.name]))


def _failing(card: Scorecard) -> list[Part]:
    p = words().page
    rows = {each.name: [[found.title, found.action] for found in each.found if found.counts] for each in card.auditors}
    return list(_parts(card, p["failing"], p["action"], rows)) or [Part(title=p["failing"], lines=[p["nothing"]])]


def _waived(card: Scorecard) -> list[Part]:
    p = words().page
    rows = {each.name: [[f.title, f.waiver] for f in each.found if f.waiver is not None] for each in card.auditors}
    return list(_parts(card, p["waived"], p["reason"], rows))


def _advice(card: Scorecard) -> list[Part]:
    p = words().page

    def advised(found: Found) -> bool:
        return found.kind == "advice" and found.waiver is None

    rows = {each.name: [[f.title, f.action] for f in each.found if advised(f)] for each in card.auditors}
    return list(_parts(card, p["advice"], p["action"], rows))


def _notes(card: Scorecard) -> list[Part]:
    points = [
        Text(fr=f"{words().auditors[each.name].fr} : {note.fr}", en=f"{words().auditors[each.name].en}: {note.en}")
        for each in card.auditors
        for note in each.notes
    ]
    return [Part(title=words().page["notes"], points=points)] if points else []


def history_columns(cards: list[Scorecard]) -> list[tuple[str, str]]:
    """Return the figures of the history: (auditor, figure), one for each auditor that ever ran."""
    main = {
        "lynis": "index", "ssh_audit": "fails", "docker": "broken", "ports": "unexpected", "web": "lowest",
    }  # fmt: skip
    names = [name for name in words().auditors if any(_ran(card, name) for card in cards)]
    return [(name, main.get(name, "tailored")) for name in names]


def history_cell(card: Scorecard, name: str, figure: str) -> str:
    """Return one figure of a past audit, "-" where it was not asked, "?" where the auditor could not run."""
    audited = card.auditor(name)
    if audited is None:
        return "-"
    return "?" if audited.not_run is not None else number(audited.figures.get(figure, 0))


def _ran(card: Scorecard, name: str) -> bool:
    audited = card.auditor(name)
    return audited is not None and audited.not_run is None


def column_title(name: str, figure: str) -> Text:
    """Return the head of a column of the history."""
    auditor, known = words().auditors[name], words().figures[figure]  # type: ignore[index]
    return Text(fr=f"{auditor.fr} ({known.title.fr})", en=f"{auditor.en} ({known.title.en})")


def _history(cards: list[Scorecard]) -> Part:
    columns = history_columns(cards)
    head = [words().page["time"], *(column_title(*column) for column in columns)]
    rows = [[plain(spoken(card.time)), *(plain(history_cell(card, *column)) for column in columns)] for card in cards]
    return Part(title=words().page["history"], table=Table(head=head, rows=rows, figures=list(range(1, len(head)))))
