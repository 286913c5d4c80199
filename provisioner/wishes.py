"""What each association wishes of a host as a whole, kept there: who applies later, alone, loosens nothing. Pure."""

import json
from collections.abc import Iterable

from pydantic import ValidationError

from provisioner.errors import InputError, ProvisionerError, raise_all
from provisioner.i18n import _
from provisioner.models.security import LEVELS, Security, strictest
from provisioner.models.stack import Stack

FOLDER = "/var/lib/provisioner/wishes"
A_YEAR = 366  # of log_days: what the law wants of who hosts the public's texts
# Run on the host as root. A wish counts as long as its association has something there that was not removed.
READ = """\
import glob, json, os
def read(path):
    try:
        with open(path, encoding="utf-8") as stream: return json.load(stream)
    except FileNotFoundError: return {}
    except ValueError: return {"": "unreadable"}
found = {}
for path in glob.glob("/var/lib/provisioner/wishes/*.json"):
    name = os.path.basename(path)[:-5]
    here = [os.path.basename(each) for each in glob.glob("/srv/provisioner/instances/" + name + "_*")]
    if any(not read("/var/lib/provisioner/state/" + each + ".json").get("removed") for each in here):
        found[name] = read(path)
print("WISHES=" + json.dumps(found))
"""
Wishes = dict[str, Security]


def wish_files(stacks: Iterable[Stack]) -> dict[str, str]:
    """Return path -> text of the files in which a host keeps what these stacks wish of it."""
    return {
        f"{FOLDER}/{stack.association.id}.json": json.dumps(
            {**stack.security.model_dump(exclude={"data"}), "level": stack.security.effective}, indent=1, sort_keys=True
        )
        + "\n"
        for stack in stacks
    }


def remembered(host: str, text: str) -> Wishes:
    """Given what a host printed, return association -> its wishes; words of a later release are left out.

    Raise ProvisionerError for a file that nobody can read: what it asked for must not be loosened unseen.
    """
    found: Wishes = {}
    for name, values in json.loads(text or "{}").items():
        try:
            found[name] = Security(
                **{key: value for key, value in values.items() if key in Security.model_fields or not key}
            )
        except (ValidationError, AttributeError, TypeError) as error:
            message = _("host {host} cannot tell what association '{name}' wishes of it").format(host=host, name=name)
            hint = _("On the host, remove {path}; then apply the stack of '{name}' again.")
            raise ProvisionerError(message, hint.format(path=f"{FOLDER}/{name}.json", name=name)) from error
    return found


def together(host: str, stacks: list[Stack], others: Wishes) -> list[Stack]:
    """Given the stacks applied now and the wishes kept on the host, return the stacks at the strictest level of all.

    Raise InputError where another association wishes something else that holds for the whole host.
    """
    given = {stack.association.id for stack in stacks}
    absent = {name: wish for name, wish in sorted(others.items()) if name not in given}
    pairs = [(stack, name, wish) for stack in stacks for name, wish in absent.items()]
    told = [each for pair in pairs for each in _disagreements(host, *pair)]
    hint = _("It holds for the whole host: write the same in both files, or change both and apply them together. "
             "If an association has left this host for good, remove its file there: {paths}.")  # fmt: skip
    paths = sorted({f"{FOLDER}/{name}.json" for stack, name, wish in pairs if differing(stack.security, wish)})
    errors = [InputError(message, hint=hint.format(paths=", ".join(paths))) for message in told]
    raise_all(errors, _("Stacks of one host contradict each other."))
    level = strictest([*(stack.security.effective for stack in stacks), *(wish.effective for wish in absent.values())])
    kept = days_together([*(stack.security.log_days for stack in stacks), *(w.log_days for w in absent.values())])
    holds = {"level": level, "log_days": kept}
    return [stack.model_copy(update={"security": stack.security.model_copy(update=holds)}) for stack in stacks]


def days_together(wished: list[int]) -> int:
    """Return how long the logs of a shared host stay: a law's year where one association needs it, else the shortest.

    One journal holds the connections to all services, so it cannot be kept for one association alone. Who hosts what
    the public writes must keep a year; nobody else may keep longer than they told their people.
    """
    return max(wished) if max(wished) >= A_YEAR else min(wished)


def whose_level(stacks: list[Stack], others: Wishes) -> str:
    """Return the association, not among these stacks, that makes a host stricter than they wish; "" for none."""
    given = {stack.association.id for stack in stacks}
    own = LEVELS.index(strictest([stack.security.effective for stack in stacks]))
    absent = [(LEVELS.index(wish.effective), name) for name, wish in others.items() if name not in given]
    rank, name = max(absent, default=(own, ""))
    return name if rank > own else ""


def differing(one: Security, other: Security) -> dict[str, tuple[object, object]]:
    """Return field -> both values of what holds for a whole host and is not the same; of levels the stricter counts.

    For `log_days` see days_together.
    """
    left, right = (each.model_dump(exclude={"level", "data", "log_days"}) for each in (one, other))
    return {field: (left[field], right[field]) for field in left if _plain(left[field]) != _plain(right[field])}


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value


def _disagreements(host: str, stack: Stack, name: str, wish: Security) -> list[str]:
    message = _("host '{host}': security.{field} is {mine} in the stack of '{own}', but '{name}', which runs there "
                "too, was applied with {theirs}")  # fmt: skip
    words = {"host": host, "own": stack.association.id, "name": name}
    return [
        message.format(field=field, mine=json.dumps(mine), theirs=json.dumps(theirs), **words)
        for field, (mine, theirs) in differing(stack.security, wish).items()
    ]
