"""The main job in one go, on a rehearsal host: python -m provisioner.demo. It types what a person would."""

import shutil
import sys
from pathlib import Path

import click

from provisioner.cli import main
from provisioner.engine import state_dir
from provisioner.i18n import _, choose_language
from provisioner.paths import data_dir

HOST = "demo"
DOMAIN = "jardin.lab.test"
BACKUPS = ("/var/backups/jardin", "/mnt/usb/jardin")  # a real association puts the second one elsewhere
PRACTISED = ("etherpad", "dokuwiki")  # the timer does one a night; all of them would take a while


def run(*arguments: str) -> None:
    """Show a command as a person would type it and run it. Leave the program when it fails."""
    click.echo("\n" + click.style("$ provisioner " + " ".join(arguments), bold=True))
    try:
        main(list(arguments))
    except SystemExit as leave:
        if leave.code:
            raise


def demo() -> None:
    """Profile -> plan -> page of the board -> stack -> services, each probed, backed up; two restored for practice."""
    choose_language()
    folder = state_dir("demo")
    stack, proposal = folder / "stack.yaml", folder / "plan.json"
    run("lab", "up", "--host", HOST)
    run(
        "match",
        str(data_dir("examples") / "profiles" / "demo-association.yaml"),
        "--images",
        "build",
        "--save",
        str(proposal),
    )
    run("report", "board", str(proposal), "--html", str(folder / "board.html"))
    if stack.exists():
        run("images", "lock", str(stack))
    else:
        backups = [word for path in BACKUPS for word in ("--backup", path)]
        run("init", str(proposal), "--domain", DOMAIN, "--lab", HOST, "--folder", str(folder), *backups)
    run("apply", str(stack))
    run("probe", str(stack), "--from-here")
    run("backup", "run", "--stack", str(stack))
    run("drill", *PRACTISED, "--stack", str(stack))
    run("status", str(stack))
    farewell(stack)


def farewell(stack: Path) -> None:
    """Say how to look at what runs in a browser, how to sign in, and how to remove it all."""
    from provisioner.bundle import load_bundle
    from provisioner.catalog import load_catalog
    from provisioner.host.layout import write as write_atomically
    from provisioner.outside import fetch_authority
    from provisioner.render import domain_of

    catalog = load_catalog()
    bundle = load_bundle(stack, catalog)
    names = [domain_of(bundle.stack, name, catalog.entry(name)) for name in bundle.stack.services]
    authority = stack.parent / "authority.crt"
    write_atomically(authority, fetch_authority(bundle))
    address = bundle.stack.host.address
    click.echo("\n" + _("To look at it in a browser on this machine:"))
    click.echo(_("  add this line to /etc/hosts:   {line}").format(line=" ".join([address, *names])))
    click.echo(_("  let the browser trust:         {path}").format(path=authority))
    rules = f'--host-resolver-rules="MAP *.{bundle.stack.domain} {address}" --ignore-certificate-errors'
    click.echo(_("  or without touching anything:  {command}").format(command=f"chromium {rules} https://{names[0]}"))
    service = next(iter(bundle.stack.services))
    program = "provisioner" if shutil.which("provisioner") else str(Path(sys.executable).parent / "provisioner")
    show = f"{program} secrets show {service} --stack {stack}"
    click.echo(_("To sign in:                      {command}").format(command=show))
    down = f"{program} lab down --yes && rm -r {stack.parent}"
    click.echo(_("To remove it all:                {command}").format(command=f"make clean ({down})"))


if __name__ == "__main__":
    demo()
