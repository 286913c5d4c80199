"""What the pages of jawanndenn cannot do.

python polls.py call TITLE SLUG   the newest poll of that title gets the address /poll/SLUG, in place of a secret one
python polls.py export NAME       print the answers given under that name, as JSON
python polls.py erase NAME        delete the answers given under that name, and print how many
python polls.py purge DAYS        delete the polls made more than so many days ago, expired or not
python polls.py aged DAYS         print how many those are
"""

import json
import sys
from datetime import timedelta

import django
from django.db.models import QuerySet
from django.utils.timezone import now

django.setup()

from jawanndenn.models import Ballot, Poll  # noqa: E402  (models can be loaded after the setup only)


def call(title: str, slug: str) -> None:
    """Give a poll an address. Raises Poll.DoesNotExist."""
    poll = Poll.objects.filter(title=title).latest("created")
    Poll.objects.filter(pk=poll.pk).update(slug=slug)


def export(name: str) -> None:
    """Print each answer with the poll it belongs to."""
    ballots = Ballot.objects.filter(voter_name__iexact=name).select_related("poll").order_by("created")
    found = [
        {
            "poll": ballot.poll.title,
            "name": ballot.voter_name,
            "given": ballot.created.isoformat(),
            "changed": ballot.modified.isoformat(),
            "answers": {vote.option.name: vote.yes for vote in ballot.votes.select_related("option")},
        }
        for ballot in ballots
    ]
    print(json.dumps(found, ensure_ascii=False, indent=2))


def erase(name: str) -> None:
    """Delete the answers. Polls have no author, so nothing else belongs to a person."""
    ballots = Ballot.objects.filter(voter_name__iexact=name)
    print(f"{ballots.count()} answers deleted")
    ballots.delete()


def old(days: str) -> QuerySet:
    """Return the polls made more than so many days ago. Raises ValueError for what is no number of days."""
    if int(days) < 1:
        raise ValueError(days)
    return Poll.objects.filter(created__lt=now() - timedelta(days=int(days)))


def purge(days: str) -> None:
    """Delete them with their answers."""
    old(days).delete()


def aged(days: str) -> None:
    """Print how many they are."""
    print(old(days).count())


if __name__ == "__main__":
    actions = {"call": call, "export": export, "erase": erase, "purge": purge, "aged": aged}
    if len(sys.argv) < 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])
