"""Ask hosts what is installed in the images they run, and on themselves."""

from collections.abc import Iterable

from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.remote import ask_all
from provisioner.render import instance_name
from provisioner.sbom.inventory import Inventory, inventory


def gather(
    bundles: list[Bundle], services: tuple[str, ...], with_host: bool
) -> tuple[Inventory, list[ProvisionerError]]:
    """Given stacks and services (none: all), return what their hosts have, and which hosts did not answer
    and which images could not be read.

    Raise InputError for a service that no stack has.
    """
    known = {name for bundle in bundles for name in bundle.stack.services}
    for service in services:
        if service not in known:
            text = _("'{service}' is not in this stack (it has {known})")
            raise InputError(text.format(service=service, known=", ".join(sorted(known))))
    answers, errors = ask_all(bundles, "packages", {"only": list(services), "host": with_host})
    found = inventory(answers, [bundle.lock for bundle in bundles])
    wanted = {
        instance_name(bundle.stack, service)
        for bundle in bundles if bundle.stack.host.name in answers
        for service in bundle.stack.services if service in services or not services
    }  # fmt: skip
    return found, [*errors.values(), *unread(found), *absent(found, wanted)]


def absent(found: Inventory, wanted: Iterable[str]) -> list[ProvisionerError]:
    """Return an error for each instance of which its host has neither containers nor images: it is in no list."""
    text = _("{name}: it has neither containers nor images on its host, so nothing is known of it")
    return [ProvisionerError(text.format(name=name)) for name in sorted(set(wanted) - set(found.instances))]


def unread(found: Inventory) -> list[ProvisionerError]:
    """Return an error for each image whose packages are not known: nothing known about it is no good news."""
    text = _("{where}: its packages are not known: {reason}")
    return [
        ProvisionerError(text.format(where=f"{owner}/{contents.name}", reason=contents.error))
        for owner, contents in found.everything()
        if contents.error
    ]
