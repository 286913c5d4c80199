"""provisioner init"""

import re
import unicodedata
from pathlib import Path
from typing import Any, get_args

import click

from provisioner.catalog import Catalog, load_catalog
from provisioner.cli.common import catalog_option, host_of, lock_images, pin
from provisioner.cli.match_offer import read_plan
from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.explain import explain
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _, language
from provisioner.load import pointer
from provisioner.models.proposal import Proposal
from provisioner.models.service import Sensitivity
from provisioner.models.stack import Lock, Stack

# Applications that check addresses refuse those of a .test domain.
LAB_MAIL = "example.org"


@click.command(short_help="Write stack.yaml, its lock and its secrets from an accepted proposal.")
@click.argument("proposal", required=False, type=click.Path(path_type=Path))
@click.option("--service", "services", multiple=True, help="Instead of a proposal: a service (may be given again).")
@click.option("--domain", required=True, help="The association's domain, for example jardin.example.org.")
@click.option("--id", "identifier", help="Short name; default: the profile's.")
@click.option("--name", help="Name people know; default: the profile's.")
@click.option("--contact", help="A role's e-mail address; default: contact@DOMAIN, in a lab contact@example.org.")
@click.option("--lab", "lab_host", is_flag=False, flag_value="lab1", help="Use this rehearsal host (default lab1).")
@click.option("--host", "address", help="Address of the host.")
@click.option("--port", default=22, show_default=True, help="SSH port of the host.")
@click.option("--user", default="root", show_default=True, help="SSH user: root, or one with sudo.")
@click.option("--key", default="", help="SSH private key; default: those of your agent and ~/.ssh.")
@click.option("--certificates", type=click.Choice(["acme", "internal"]), help="Default: acme; internal in a lab.")
@click.option(
    "--images", "source", type=click.Choice(["registry", "build", "auto"]), help="Default: registry; build in a lab."
)
@click.option("--registry", default="", help="Your registry or mirror, as host:port.")
@click.option("--backup", "backups", multiple=True, help="Where copies go: a folder, rest:... or s3:... (repeatable).")
@click.option("--recipient", "recipients", multiple=True, help="A colleague's age public key (may be given again).")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write; default: here.")
@catalog_option
def command(
    proposal: Path | None, services: tuple[str, ...], folder: Path, catalog_dir: Path | None, **given: Any
) -> None:
    """Write stack.yaml (with a comment on each line), stack.lock.yaml and secrets.age.

    \b
    Example, on a rehearsal host:
      provisioner init plan.json --domain jardin.lab.test --lab
    On your server:
      provisioner init plan.json --domain jardin.example.org --host 203.0.113.7
    """
    from provisioner.bundle import Bundle
    from provisioner.secrets import ensure_secrets
    from provisioner.stackfile import stack_text

    catalog = load_catalog(catalog_dir)
    path = folder / "stack.yaml"
    if path.exists():
        message = _("{path} exists already; init never overwrites a stack").format(path=path)
        raise InputError(message, hint=_("Change it with an editor, or choose another --folder."))
    accepted = _read_proposal(proposal) if proposal else None
    names = list(services) or (accepted.services if accepted else [])
    stack = _stack(catalog, accepted, names, given)
    _may_hold_health(folder, stack, catalog)
    folder.mkdir(parents=True, exist_ok=True)
    pin(stack.host, folder)
    write_atomically(path, stack_text(stack, catalog, stack.association.language))
    bundle = Bundle(path, stack, Lock(lock="1.0", images={}))
    ensure_secrets(bundle.secrets_path, stack, catalog)
    try:
        lock_images(bundle, catalog)
    except ProvisionerError as error:
        click.echo(_("The images are not locked yet: {reason}").format(reason=error.message), err=True)
        click.echo(_("Lock them later: provisioner images lock {path}").format(path=path), err=True)
    click.echo(_("Written: {path}, and beside it the lock and the encrypted secrets.").format(path=path))
    click.echo(_("Next: read {path}, then provisioner apply {path}").format(path=path))


def _may_hold_health(folder: Path, stack: Stack, catalog: Catalog) -> None:
    """Raise InputError where a gdpr.yaml says that health data may not go to this host; warn where there is none."""
    from provisioner.load import Document
    from provisioner.protection import load_answers
    from provisioner.protection_refusals import health

    answers = load_answers(folder, stack)
    findings = health(stack, Document(str(folder / "stack.yaml")), answers, catalog)
    if findings and answers:
        raise InputError(_("Data protection forbids this. Nothing was changed."), findings)
    for finding in findings:  # gdpr init reads stack.yaml, so that one must come first; apply refuses until then
        click.echo(str(finding), err=True)


def _read_proposal(path: Path) -> Proposal:
    found = read_plan(path)
    if not found.services:
        message = _("this proposal deploys nothing ({verdict})").format(verdict=found.verdict)
        raise InputError(message, hint=found.decision.reason.in_language(language()))
    return found


def _stack(catalog: Catalog, accepted: Proposal | None, names: list[str], given: dict[str, Any]) -> Stack:
    """Return the stack that the options and the proposal describe."""
    from pydantic import ValidationError

    if not names:
        raise InputError(_("nothing to deploy"), hint=_("Give a proposal (provisioner match) or --service NAME."))
    _refuse_unknown(catalog, names)
    host = host_of(given["address"], given["port"], given["user"], given["key"], given["lab_host"])
    registry = _registry(given["lab_host"])
    profile = accepted.profile if accepted else None
    title = given["name"] or (profile.public_name if profile else "") or (profile.id if profile else "") or names[0]
    in_lab = bool(given["lab_host"])
    try:
        stack = Stack.model_validate(
            {
                "stack": "1.0",
                "association": {
                    "id": given["identifier"] or _short(profile.id if profile else title),
                    "name": title,
                    "contact": given["contact"] or f"contact@{LAB_MAIL if in_lab else given['domain']}",
                    "language": "en" if profile and profile.languages and profile.languages[0][:2] == "en" else "fr",
                },
                "domain": given["domain"],
                "certificates": given["certificates"] or ("internal" if in_lab else "acme"),
                "host": host.model_dump(),
                "images": {
                    "source": given["source"] or ("build" if in_lab else "registry"),
                    "registry": given["registry"] or registry,
                    "insecure": in_lab,
                },
                "recipients": _recipients(given["recipients"]),
                **_asked(accepted),
                **_backups(given["backups"]),
                "services": {name: {"subdomain": catalog.services[name].service.route.subdomain} for name in names},
            }
        )
    except ValidationError as error:
        findings = [Finding(explain(dict(item), Stack), path=pointer(item["loc"])) for item in error.errors()]
        raise InputError(_("These options make no stack."), findings) from error
    return stack


def _backups(urls: tuple[str, ...]) -> dict[str, Any]:
    """Return the block `backup` for these destinations: a folder of the host is not off-site, anything else is."""
    kinds = [("disk" if url.startswith("/") else "offsite", url) for url in urls]
    named = [(f"{kind}{number}" if number > 1 else kind, kind, url) for number, (kind, url) in enumerate(kinds, 1)]
    found = [{"name": name, "url": url, "offsite": kind == "offsite"} for name, kind, url in named]
    return {"backup": {"destinations": found}} if found else {}


def _refuse_unknown(catalog: Catalog, names: list[str]) -> None:
    """Raise InputError for services without a recipe (all named), and for one the catalog does not know."""
    later = [catalog.outlines[name].title for name in names if name in catalog.outlines]
    if later:
        message = _("this version has no recipe yet for: {names}").format(names=", ".join(later))
        raise InputError(message, hint=_("Make a plan of what can be deployed today: provisioner match --images auto"))
    for name in names:
        catalog.entry(name)


def _recipients(given: tuple[str, ...]) -> list[str]:
    from provisioner.secrets import age_keys, identity_path, own_recipient

    age_keys(list(given))
    fresh = not identity_path().is_file()
    own = own_recipient(create=True)
    if fresh:
        text = _("Made your age identity {path}: keep a copy in your password safe, it opens the secrets.")
        click.echo(text.format(path=identity_path()), err=True)
    if not given:
        click.echo(_("Only you can open the secrets. Add a colleague: --recipient age1..."), err=True)
    return list(dict.fromkeys([own, *given]))


def _asked(accepted: Proposal | None) -> dict[str, Any]:
    """Return the blocks that need no option: a start page, and as much care as the most sensitive data asks for."""
    found = [need.data for need in accepted.content.needs] if accepted else []
    return {"portal": {}, "security": {"data": max(found, key=get_args(Sensitivity).index, default="personal")}}


def _registry(lab_host: str | None) -> str:
    """Return the registry that a rehearsal host pulls from; none for any other host."""
    if not lab_host:
        return ""
    from provisioner import lab

    return lab.registry(lambda text: click.echo(f"  {text}", err=True)).pull


def _short(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "association"
