"""provisioner restore"""

import time
from pathlib import Path
from typing import Any

import click

from provisioner.bundle import Bundle
from provisioner.cli import print_json
from provisioner.cli.backup import stack_option
from provisioner.cli.common import json_option, say, yes_or_no
from provisioner.errors import InputError
from provisioner.i18n import _


@click.command(short_help="Bring an instance, or the whole stack, back from a snapshot.")
@click.argument("services", nargs=-1)
@stack_option
@click.option("--at", "snapshot", default="latest", show_default=True, help="A snapshot, or a time: 2026-11-20T12:00.")
@click.option("--destination", default="", help="From this destination (default: the first that has it).")
@click.option("--all", "everything", is_flag=True, help="Every service of the stack.")
@click.option("--as", "target", default="", help="Restore it as this service name beside the live one.")
@click.option("--domain", default="", help="With --as or --to: under this domain.")
@click.option("--to", type=click.Path(path_type=Path), help="Onto the host of this other stack.yaml.")
@click.option("--present-images", is_flag=True, help="Use the images in use now: the recorded ones are gone.")
@click.option("--without-erasing", is_flag=True, help="Do not erase again who was erased since: they come back.")
@click.option("--undo", is_flag=True, help="Put back what the last restore replaced.")
@click.option("--drop", is_flag=True, help="Delete what restores replaced: it cannot be put back then.")
@click.option("--release", is_flag=True, help="Let apply change the version again after a restore.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def command(services: tuple[str, ...], stack: Path, as_json: bool, yes: bool, **options: Any) -> None:
    """Bring instances back from good snapshots, next to the live ones, and switch when what was written can be read.

    The live state is kept until --drop. Nothing is upgraded: the restored version stays until --release.

    \b
    Example:
      provisioner restore wordpress
      provisioner restore wordpress --at 2026-11-20T12:00
      provisioner restore wordpress --as copy --domain copy.asso.example.org
    """
    from provisioner.bundle import load_alone

    bundle = load_alone(stack)
    names = list(bundle.stack.services) if options["everything"] else list(services)
    if not names:
        hint = _("This stack has: {names}").format(names=", ".join(bundle.stack.services) or "-")
        raise InputError(_("say which service, or --all"), hint=hint)
    if options["target"] and len(names) > 1:
        raise InputError(_("--as takes one service at a time"))
    kept = next((word for word in ("undo", "drop", "release") if options[word]), "")
    done = [_kept(bundle, name, kept, yes) if kept else _restored(bundle, name, yes, options) for name in names]
    if as_json:
        print_json({"restored": [result for result, _words in done]})
    else:
        for _result, words in done:
            click.echo("\n".join(words))


def _restored(bundle: Bundle, service: str, yes: bool, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Restore one service. Return the answer and what a person is told."""
    from provisioner.bundle import load_alone
    from provisioner.saving import access_of, instance, restore

    target = load_alone(options["to"]) if options["to"] else bundle
    name = instance(target, options["target"] or service)
    if not yes and name == instance(bundle, service) and not options["to"]:
        text = _("{name} stops for a moment and becomes what it was ({when}). Its present state is kept. Go on?")
        if not yes_or_no(text.format(name=name, when=options["snapshot"]), default=False):
            raise InputError(_("not confirmed; nothing was changed"))
    request: dict[str, Any] = {
        "association": bundle.stack.association.id,
        "instance": instance(bundle, service),
        **{key: options[key] for key in ("snapshot", "destination", "present_images", "without_erasing")},
        "target": {"instance": name, "association": target.stack.association.id, "domain": options["domain"]},
    }
    if options["to"]:
        request |= access_of(bundle, options["destination"])
        chosen = target.stack.services.get(options["target"] or service)
        if not options["domain"] and chosen and chosen.subdomain:
            request["target"]["domain"] = f"{chosen.subdomain}.{target.stack.domain}"
    done = restore(target, request, say)
    taken = time.strftime("%Y-%m-%d %H:%M", time.localtime(done["time"]))
    counted = ", ".join(f"{key} {value}" for key, value in done["verified"]["counts"].items()) or "-"
    words = [_("{name} is as it was on {taken} (counted: {counts}).").format(name=name, taken=taken, counts=counted)]
    if done["older_secrets"]:
        text = _("These passwords are those of then too: {names}. Did somebody leave since? {command}")
        command = f"provisioner secrets rotate {service} --all"
        words.append(text.format(names=", ".join(done["older_secrets"]), command=command))
    if options["without_erasing"]:
        words.append(_("People erased since then may be back. Next, for each of them: provisioner gdpr erase"))
    if done["kept"]:
        text = _("What it replaced is kept. Back: provisioner restore {service} --undo; away: --drop")
        words.append(text.format(service=service))
    return done, words


def _kept(bundle: Bundle, service: str, what: str, yes: bool) -> tuple[dict[str, Any], list[str]]:
    """Release an instance, or go back to what a restore replaced, or drop that. Return the answer and what to tell."""
    from provisioner.remote import ask
    from provisioner.saving import instance, undo

    name = instance(bundle, service)
    if what == "release":
        text = _("{name} may change its version again. Next: provisioner plan")
        return ask(bundle, "release", {"instance": name}), [text.format(name=name)]
    states = ask(bundle, "kept", {"instance": name})["kept"]
    if not states:
        raise InputError(_("nothing is kept of {name}").format(name=name))
    question = _("Go back to the state of {name} before its last restore?")
    if what == "drop":
        question = _("Delete what restores of {name} replaced, with its data? It cannot be put back then.")
    if not yes and not yes_or_no(question.format(name=name), default=False):
        raise InputError(_("not confirmed; nothing was changed"))
    if what == "drop":
        for each in states:
            ask(bundle, "drop", {"instance": name, "kept": each})
        return {"dropped": states, "instance": name}, [_("Nothing is kept of {name} any more.").format(name=name)]
    done = undo(bundle, name, say)
    text = _("{name} is as it was before the restore; what the restore brought is kept now.")
    return {**done, "instance": name}, [text.format(name=name)]
