"""Who is told what about the backups: each condition when it is new, again every day, and once when it is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import channels
from .channels import Unsent
from .clock import DAY, HOUR, SLACK
from .sentences import letter

AGAIN = DAY
# What only the board can change is not repeated each day: who gets too many messages reads none.
SELDOM = {"one_destination": 30 * DAY, "no_destination_offsite": 30 * DAY}
EARLY = HOUR / 4
KEPT = 7 * DAY  # an alert that cannot be sent so long is news no more
MOST = 20
REMEMBERED = ("code", "instance", "destination")


def decide(
    conditions: list[dict[str, Any]], alerted: dict[str, Any], now: float
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Given what is wrong now and what was told before, return (to tell, what is told then).

    To tell: each condition with `event` (new, again, over) and `since`. Told: key -> {since, last, code, ...}.
    """
    tell: list[dict[str, Any]] = []
    told: dict[str, Any] = {}
    for item in conditions:
        before = alerted.get(item["key"])
        since = min(before["since"], now) if before else now
        pause = SELDOM.get(item["code"], AGAIN) - EARLY
        quiet = before is not None and -SLACK <= now - before["last"] < pause
        told[item["key"]] = {"since": since, "last": before["last"] if before and quiet else now}
        told[item["key"]] |= {key: item[key] for key in REMEMBERED}
        if not quiet:
            tell.append({**item, "since": since, "event": "again" if before else "new"})
    for key, before in alerted.items():
        if key not in told:
            tell.append({**before, "key": key, "age_hours": None, "message": "", "event": "over"})
    return tell, told


def tell(
    config: dict[str, Any], secrets: Path, state: dict[str, Any], conditions: list[dict[str, Any]], now: float
) -> dict[str, Any]:
    """Tell what there is to tell and send again what could not be sent. Return {alerted, outbox} for the state.

    Call it once in each tick, and note what it returns at once. outbox: what is still to be sent, with the channels
    that have not taken it and why.
    """
    known = channels.channels(config, secrets)
    to_tell, alerted = decide(conditions, state.get("alerted", {}), now)
    outbox = [each for each in state.get("outbox", []) if -SLACK <= now - each["time"] < KEPT][-MOST:]
    if to_tell and known:
        subject, text = letter(config["language"], config["name"], to_tell)
        outbox.append({"time": now, "subject": subject, "text": text, "left": dict.fromkeys(known, "")})
    left = [{**each, "left": _deliver(each, known, config, secrets)} for each in outbox]
    return {"alerted": alerted, "outbox": [each for each in left if each["left"]]}


def send(config: dict[str, Any], secrets: Path, subject: str, text: str) -> dict[str, str]:
    """Send a text by every channel. Return channel -> why it was not taken, "" when it was."""
    known = channels.channels(config, secrets)
    failed = _deliver({"subject": subject, "text": text, "left": dict.fromkeys(known, "")}, known, config, secrets)
    return {name: failed.get(name, "") for name in known}


def _deliver(letter_: dict[str, Any], known: dict[str, str], config: dict[str, Any], secrets: Path) -> dict[str, str]:
    """Send a letter by the channels that have not taken it yet, all at once. Return the others, and why."""

    def attempt(name: str) -> str:
        try:
            channels.send(name, known[name], config, secrets, letter_["subject"], letter_["text"])
        except (Unsent, OSError) as error:
            return str(error) or type(error).__name__
        return ""

    waiting = [name for name in letter_["left"] if name in known]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return {name: why for name, why in zip(waiting, pool.map(attempt, waiting), strict=True) if why}
