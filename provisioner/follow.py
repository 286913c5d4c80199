"""Turn the playbook's events into live progress and a report."""

from collections.abc import Callable
from typing import Any

from provisioner.i18n import N_, _
from provisioner.models.report import HostReport, InstanceReport, Report

Say = Callable[[str, str, str], None]
PROGRAM = N_("Install the host program")
# Tasks that may take a while: told when they begin, so that nobody thinks it hangs. The others when they change.
LONG = (
    "Install what every host needs",
    "Harden the host",
    "Install and configure Docker's engine and Compose",
    "Install restic and the timer of backups",
)


class Follower:
    """Collects what each host tells while the playbook runs."""

    def __init__(self, hosts: list[str], check: bool, say: Say) -> None:
        self.check, self.say = check, say
        self.tasks: dict[str, list[str]] = {host: [] for host in hosts}
        self.changes: dict[str, dict[str, dict[str, Any]]] = {host: {} for host in hosts}
        self.refused: dict[str, list[dict[str, Any]]] = {host: [] for host in hosts}
        self.failures: dict[str, list[str]] = {host: [] for host in hosts}

    def event(self, event: dict[str, Any]) -> None:
        """Take in one event of ansible-runner."""
        data = event.get("event_data", {})
        host, task, result = data.get("host", ""), data.get("task", ""), data.get("res") or {}
        if host not in self.tasks:
            return
        kind = event.get("event", "")
        if kind == "runner_on_start":
            if task in LONG:
                self.say(host, "", _(task))
        elif kind in ("runner_on_ok", "runner_retry", "runner_on_failed") and "events" in result:
            self._waited(host, result)
        elif kind in ("runner_on_ok", "runner_on_failed") and "changes" in result:
            self._decided(host, result)
        elif kind == "runner_on_ok" and result.get("changed"):
            self.tasks[host].append(task)
            self.say(host, "", _("{task}: done").format(task=_(task)) if not self.check else _(task))
        elif kind == "runner_on_failed" and not data.get("ignore_errors"):
            self.failures[host].append(f"{task}: {result.get('msg', '')}")
        elif kind == "runner_on_unreachable":
            self.failures[host].append(str(result.get("msg", _("the connection was lost"))))

    def report(self) -> Report:
        """Return what came of it."""
        hosts = [
            HostReport(
                host=host,
                tasks=self.tasks[host],
                instances=[InstanceReport.model_validate(item) for item in self.changes[host].values()],
                refused=self.refused[host],
                failures=self.failures[host],
            )
            for host in self.tasks
        ]
        return Report(check=self.check, hosts=hosts)

    def _decided(self, host: str, result: dict[str, Any]) -> None:
        if result.get("shipped") and PROGRAM not in self.tasks[host]:
            self.tasks[host].append(PROGRAM)
        self.refused[host] += result.get("refused", [])
        for change in result["changes"]:
            self.changes[host][change["instance"]] = change

    def _waited(self, host: str, result: dict[str, Any]) -> None:
        for event in result["events"]:
            text = event["step"] + (f": {event['message']}" if event.get("message") else "")
            self.say(host, event["instance"], text)
        report = result.get("report") or {}
        if report.get("error"):
            self.failures[host].append(_("the host program stopped before it was done; run apply again"))
        for name, outcome in report.get("instances", {}).items():
            known = self.changes[host].get(name, {"instance": name})
            kept = {key: outcome[key] for key in ("ok", "message", "container", "logs", "seconds") if key in outcome}
            self.changes[host][name] = {**known, "action": outcome["action"], **kept}
