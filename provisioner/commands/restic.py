"""restic's command lines for an admin's own machine, as lists. Key and login travel in the environment, never here."""

TAG = "provisioner"


def snapshots() -> list[str]:
    """Return the command that lists all snapshots as JSON."""
    return ["restic", "snapshots", "--json", "--quiet", "--no-lock"]


def forget(within: str, dry: bool) -> list[str]:
    """Return the command that lets snapshots older than `within` (90d) go, for each instance, and frees their space.

    By age alone: whoever took a host over can add snapshots that would push good ones out of a count.
    """
    what = ["--dry-run"] if dry else ["--prune"]
    return ["restic", "forget", "--tag", TAG, "--group-by", "host", "--keep-within", within, *what]
