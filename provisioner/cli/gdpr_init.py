"""provisioner gdpr init"""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli.common import Day, catalog_option, load_all
from provisioner.errors import Finding, InputError
from provisioner.i18n import N_, _
from provisioner.unwritten import told

if TYPE_CHECKING:
    from provisioner.bundle import Bundle

LONGEST = 300  # characters of a line in gdpr.yaml
ASKED = {
    "address": N_("Seat of the association, on one line"),
    "representative": N_("Name of the legal representative"),
    "officer_name": N_("Whom people ask about data protection"),
    "host_name": N_("Name of the company that hosts the server"),
    "host_country": N_("Country of the host (two letters: FR)"),
    "relay_country": N_("Country of mail relay and off-site copies (two letters: FR)"),
}


@click.command(short_help="Write gdpr.yaml: what only the association can say.")
@click.argument("stack", default=Path("stack.yaml"), type=click.Path(path_type=Path))
@click.option("--plan", type=click.Path(dir_okay=False, path_type=Path), help="Proposal whose profile fills in more.")
@click.option("--name", help="Legal name; default: the one of stack.yaml.")
@click.option("--address", help="Seat, on one line.")
@click.option("--number", default="", help="RNA or SIREN number.")
@click.option("--phone", default="", help="Telephone of the association.")
@click.option("--representative", help="Name of the legal representative.")
@click.option("--representative-role", default="", help="What the representative is: president.")
@click.option("--officer-kind", type=click.Choice(["none", "internal", "external"]), help="none: a contact, no DPO.")
@click.option("--officer-name", help="Whom people ask about data protection.")
@click.option("--officer-email", help="Address of this person; default: the contact of stack.yaml.")
@click.option("--own-host", is_flag=True, help="The server stands on the association's own premises.")
@click.option("--host-name", help="Company that hosts the server.")
@click.option("--host-country", help="Its country, two letters.")
@click.option("--host-address", default="", help="Its address, for the legal notice.")
@click.option("--host-phone", default="", help="Its telephone, for the legal notice.")
@click.option("--contract", type=Day(), metavar="DATE", help="Day of the contract with the host.")
@click.option("--hds", is_flag=True, help="The host is certified for health data.")
@click.option("--relay-country", help="Country of mail relay and off-site copies, two letters.")
@click.option("--minors/--no-minors", default=None, help="Whether people under 15 use the services.")
@click.option("--public-content", is_flag=True, help="The public may publish here.")
@click.option("--force", is_flag=True, help="Write over an existing gdpr.yaml.")
@catalog_option
def command(stack: Path, plan: Path | None, force: bool, catalog_dir: Path | None, **given: Any) -> None:
    """Write gdpr.yaml beside stack.yaml, with comments, from the stack, the options and what you answer.

    \b
    Example:
      provisioner gdpr init
      provisioner gdpr init --plan plan.json --address "1 rue des Lilas, 69000 Lyon" --representative "Ada Martin"
    """
    from provisioner.gdprfile import gdpr_text
    from provisioner.host.layout import write
    from provisioner.protection import FILE

    target = (stack if stack.is_dir() else stack.parent) / FILE
    if target.exists() and not force:
        raise InputError(_("{path} exists already").format(path=target), hint=_("Change it by hand, or give --force."))
    [bundle], _catalog = load_all((stack,), catalog_dir)
    values = _values(bundle, _complete(bundle, given, _profile(plan)))
    text = gdpr_text(values)
    if findings := _findings(bundle, target, text):
        raise InputError(_("Nothing was written: this does not fit into gdpr.yaml."), findings)
    with told(target):
        write(target, text, 0o600)
    click.echo(_("Written: {path}").format(path=target))
    click.echo(_("Next: read it, then provisioner gdpr screening"), err=True)


def _findings(bundle: "Bundle", target: Path, text: str) -> list[Finding]:
    """Return all that would be refused when the file is read."""
    from provisioner.load import model_from, read_text
    from provisioner.models.protection import Protection
    from provisioner.protection import Answers, check_answers

    document = read_text(text, target.name)
    try:
        data = model_from(document, Protection)
    except InputError as error:
        return error.findings
    return check_answers(Answers(target, data, document), bundle.stack)


def _profile(plan: Path | None) -> dict[str, Any]:
    """Return what the profile of a proposal says of data protection."""
    if plan is None:
        return {}
    from provisioner.cli.match_offer import read_plan

    profile = read_plan(plan).content
    hosting, data = profile.hosting, profile.data_protection
    kinds = {"none": "none", "internal": "internal", "shared": "external", "external": "external"}
    return {
        "host_country": hosting.country, "hds": hosting.health_data_certified, "minors": data.minors,
        "officer_kind": kinds[data.dpo], "transfers_outside": data.transfers_outside_eea == "accepted",
        "serves_others": data.hosts_data_of_other_bodies,
    }  # fmt: skip


def _complete(bundle: "Bundle", given: dict[str, Any], profile: dict[str, Any]) -> dict[str, Any]:
    """Return the options with what is missing asked for. Raise InputError with all of it where nobody can be asked."""
    from provisioner.gdprfile import known_processors

    found = {**profile, **{key: value for key, value in given.items() if value not in (None, "", False)}}
    if given.get("minors") is not None:
        found["minors"] = given["minors"]
    wanted = [name for name in ASKED if not found.get(name)]
    _check(found)
    if found.get("own_host"):
        wanted = [name for name in wanted if not name.startswith("host_")]
    if not known_processors(bundle.stack):
        wanted = [name for name in wanted if name != "relay_country"]
    if wanted and not sys.stdin.isatty():
        findings = [Finding(_(ASKED[name]), path="--" + name.replace("_", "-")) for name in wanted]
        raise InputError(_("Not all that gdpr.yaml needs was given."), findings)
    for name in wanted:
        found[name] = click.prompt(_(ASKED[name]), value_proc=partial(_fit, name), err=True)
    return found


def _check(found: dict[str, Any]) -> None:
    """Bring what was given into form. Raise InputError with all that has none."""
    findings = []
    for name in (name for name in ASKED if found.get(name)):
        try:
            found[name] = _fit(name, found[name])
        except click.UsageError as error:
            findings.append(Finding(error.message, path="--" + name.replace("_", "-")))
    if findings:
        raise InputError(_("Nothing was written."), findings)


def _fit(name: str, text: str) -> str:
    """Return an answer as gdpr.yaml takes it. Raise UsageError, which a prompt tells before it asks again."""
    from provisioner.sentences import is_country

    plain = " ".join(text.split())
    if name.endswith("_country"):
        plain = plain.upper()
        if not is_country(plain):
            text = _("'{code}' is no country: two letters of ISO 3166 are wanted, such as FR, DE, GB or US")
            raise click.UsageError(text.format(code=plain[:40]))
    elif not 0 < len(plain) <= LONGEST or not plain.isprintable():
        raise click.UsageError(_("a text of 1 to {count} characters is wanted").format(count=LONGEST))
    return plain


def _values(bundle: "Bundle", found: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the template."""
    from provisioner.gdprfile import known_processors

    about = bundle.stack.association
    texts = ("address", "number", "phone", "representative", "representative_role", "officer_name")
    host = {
        "name": found.get("host_name"), "role": "host", "for": "", "places": [], "country": found.get("host_country"),
        "contract": f"{found['contract']:%Y-%m-%d}" if found.get("contract") else "",
        "address": found.get("host_address", ""), "phone": found.get("host_phone", ""), "hds": found.get("hds", False),
    }  # fmt: skip
    others = [
        {"name": name, "role": role, "for": "", "country": found["relay_country"], "contract": "", "places": places}
        for role, name, places in known_processors(bundle.stack)
    ]
    return {
        **{name: found.get(name, "") for name in texts},
        "name": found.get("name") or about.name, "today": f"{datetime.now(UTC):%Y-%m-%d}",
        "role": "processor" if found.get("serves_others") else "controller",
        "officer_kind": found.get("officer_kind") or "none",
        "officer_email": found.get("officer_email") or about.contact,
        "transfers": "allowed" if found.get("transfers_outside") else "forbidden",
        "own_host": found.get("own_host", False), "public_content": found.get("public_content", False),
        "processors": others if found.get("own_host") else [host, *others], "minors": found.get("minors"),
    }  # fmt: skip
