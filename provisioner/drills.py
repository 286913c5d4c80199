"""Ask a host to practise, verify what it signed, and keep the report beside the stack."""

import json
import time
from pathlib import Path

from provisioner import runner
from provisioner.bundle import Bundle
from provisioner.commands import ssh_sign
from provisioner.host.layout import write
from provisioner.models.drill import DrillReport
from provisioner.playbook import private_folder
from provisioner.saving import Say, stream

NAMESPACE = "provisioner-drill"


def drill(bundle: Bundle, services: list[str], destination: str, say: Say) -> tuple[DrillReport, tuple[str, str]]:
    """Have the instances of a stack restored for practice. Return the report and (its text, its signature).

    Raise ProvisionerError when the host cannot be asked; what fails in the drill is in the report.
    """
    request = {"association": bundle.stack.association.id, "only": services, "destination": destination}
    answer = stream(bundle, "drill", request, say)
    text, signature = str(answer["report"]), str(answer["signature"])
    data = json.loads(text) | {"signed": signed(bundle, text, signature)}
    return DrillReport.model_validate(data), (text, signature)


def signed(bundle: Bundle, text: str, signature: str, namespace: str = NAMESPACE) -> str:
    """Tell whether the host whose key is pinned for this stack signed the text: yes, no or wrong."""
    if not signature:
        return "no"
    known = bundle.beside(bundle.stack.host.known_hosts).read_text("utf-8").splitlines()
    keys = [" ".join(line.split()[1:3]) for line in known if len(line.split()) >= 3]
    with private_folder() as folder:
        (folder / "signers").write_text("".join(f"host {key}\n" for key in keys), "utf-8")
        (folder / "signature").write_text(signature, "utf-8")
        command = ssh_sign.verify(folder / "signers", folder / "signature", "host", namespace)
        done = runner.run(command, stdin=text.encode(), check=False, timeout=30)
    return "yes" if done.code == 0 else "wrong"


def write_report(folder: Path, report: DrillReport, raw: tuple[str, str], page: str) -> list[Path]:
    """Write the host's own words, its signature and a page for people into a folder. Return the three paths."""
    name = f"drill-{time.strftime('%Y-%m-%d-%H%M%S', time.localtime(report.time))}"
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.json", folder / f"{name}.json.sig", folder / f"{name}.html"]
    for path, text in zip(files, (*raw, page), strict=True):
        write(path, text)
    return files
