"""Run our one playbook with ansible-runner, in a private folder in memory that is gone afterwards."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.commands import ansible
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.paths import data_dir

Event = dict[str, Any]


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder only we can read, in memory where the system has such a place, and remove it at the end."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of mode 0700 inside
    folder = Path(tempfile.mkdtemp(prefix="provisioner-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play(folder: Path, inventory: dict[str, Any], check: bool, on_event: Callable[[Event], None]) -> None:
    """Given a private folder and an inventory, run the playbook and pass each of its events on.

    Raise ProvisionerError when Ansible itself cannot run; what fails on hosts comes as events.
    """
    import ansible_runner

    (folder / "inventory").mkdir(mode=0o700)
    (folder / "inventory" / "hosts.json").write_text(json.dumps(inventory), "utf-8")
    control = Path(tempfile.mkdtemp(prefix="prov-"))
    kinds = set()

    def handle(event: Event) -> bool:
        """Pass an event on; False tells ansible-runner to write nothing of it to disk."""
        kinds.add(event.get("event"))
        on_event(event)
        return False

    try:
        result = ansible_runner.run(
            private_data_dir=str(folder),
            playbook=str(data_dir("playbooks") / "apply.yml"),
            inventory=str(folder / "inventory"),
            cmdline="--check" if check else None,
            envvars=ansible.environment(control, len(inventory["all"]["hosts"])),
            event_handler=handle,
            quiet=True,
            settings={"suppress_env_files": True},
        )
    finally:
        shutil.rmtree(control, ignore_errors=True)
    if result.status not in ("successful", "failed") or "playbook_on_stats" not in kinds:
        lines = "\n".join(result.stdout.read().strip().splitlines()[-5:]) if result.stdout else ""
        raise ProvisionerError(_("Ansible could not run: {reason}").format(reason=lines or result.status))
