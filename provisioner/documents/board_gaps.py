"""Block 5 of the board's page: each need without a tool, in everyday words, by reason."""

from collections import Counter

from provisioner.documents.paper import MOST_IN_SENTENCE, longest_sentence
from provisioner.documents.words import capital, listed, need_words, say, words
from provisioner.matching.candidates import KEEP
from provisioner.models.base import Text
from provisioner.models.proposal import NotCovered, Proposal

HARD = ("H4", "H4b", "H5", "H6", "H7", "H8", "H12", "H13", "H14", "H15")


def gaps(proposal: Proposal, most: int) -> list[Text]:
    """Given how many needs that are no must may be named, return the sentences; musts are always named.

    One more is named rather than counted.
    """
    if not proposal.not_covered:
        return [say("gap_none")]
    musts = [gap for gap in proposal.not_covered if gap.priority == "must"]
    others = [gap for gap in proposal.not_covered if gap.priority != "must"]
    most += len(others) == most + 1
    lines = [*_sentences(proposal, musts, must=True), *_sentences(proposal, others[:most], must=False)]
    rest = len(others) - most
    if rest > 0:
        lines.append(say("gap_rest_many", count=rest))
    return lines


def _sentences(proposal: Proposal, found: list[NotCovered], *, must: bool) -> list[Text]:
    by_reason: dict[str, list[NotCovered]] = {}
    reasons: dict[str, Text] = {}
    for gap in found:
        reason = _reason(proposal, gap)
        by_reason.setdefault(reason.fr, []).append(gap)
        reasons[reason.fr] = reason
    return [
        _sentence(part, reasons[key], must)
        for key, group in by_reason.items()
        for part in _chunks(group, reasons[key], must)
    ]


def _sentence(found: list[NotCovered], reason: Text, must: bool) -> Text:
    uses = capital(listed([need_words(gap.need).use for gap in found]))
    return say("gap_must" if must else "gap", uses=uses, reason=reason)


def _chunks(group: list[NotCovered], reason: Text, must: bool) -> list[list[NotCovered]]:
    """Cut a list so that each sentence keeps to twenty words in both languages."""
    chunks: list[list[NotCovered]] = []
    for gap in group:
        wider = [*chunks[-1], gap] if chunks else [gap]
        sentence = say(
            "gap_must" if must else "gap", uses=listed([need_words(g.need).use for g in wider]), reason=reason
        )
        if chunks and longest_sentence(sentence) <= MOST_IN_SENTENCE:
            chunks[-1] = wider
        else:
            chunks.append([gap])
    return chunks


def _reason(proposal: Proposal, gap: NotCovered) -> Text:
    own = _own_choice(proposal, gap)
    if own:
        return own
    if gap.code == "U2":
        return say(f"gap_{_hard_rule(proposal, gap)}")
    if gap.code == "U5":
        levers = [lever.lever for lever in proposal.levers if gap.need in lever.gained]
        return say("gap_U5_lever", lever=words().levers[levers[0]]) if levers else say("gap_U5")
    if gap.code == "U1":
        return say("gap_U1", ways=need_words(gap.need).ways)
    return say(f"gap_{gap.code}")


def _own_choice(proposal: Proposal, gap: NotCovered) -> Text | None:
    """Return the sentence for a need that an undecided tool serves today: everyone's own choice."""
    today = {tool.tool: tool for tool in proposal.content.existing_tools if gap.need in tool.covers}
    for item in proposal.dropped:
        tool = today.get(item.tool.removeprefix(KEEP))
        if tool and tool.intent == "undecided" and gap.priority != "must":
            return say("gap_own_choice", name=item.title)
    return None


def _hard_rule(proposal: Proposal, gap: NotCovered) -> str:
    codes = Counter(item.code for item in proposal.excluded if gap.need in item.needs and item.code in HARD)
    health = any(wish.id == gap.need and wish.data == "health" for wish in proposal.content.needs)
    if health:
        return "H4b"
    return max(codes, key=lambda code: (codes[code], code)) if codes else "U2"
