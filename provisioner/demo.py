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
ANSWERS = {"minors_parents": "yes"}  # to every other question of the screening: no
PRACTISED = ("etherpad", "dokuwiki")  # the timer does one a night; all of them would take a while


def run(*arguments: str, well: tuple[int, ...] = (0,)) -> None:
    """Show a command as a person would type it and run it. Leave the program when it ends with a code not in `well`."""
    click.echo("\n" + click.style("$ provisioner " + " ".join(arguments), bold=True))
    try:
        main(list(arguments))
    except SystemExit as leave:
        if (leave.code or 0) not in well:
            raise


def demo() -> None:
    """Profile -> plan -> page of the board -> stack -> services, probed and backed up; two restored; the papers."""
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
    if not (folder / "gdpr.yaml").exists():
        answer_for_the_garden(stack, proposal)
    run("apply", str(stack))
    run("probe", str(stack), "--from-here")
    run("backup", "run", "--stack", str(stack))
    run("drill", *PRACTISED, "--stack", str(stack))
    run("gdpr", "register", str(stack))
    run("gdpr", "check", str(stack), "--html", str(folder / "gdpr" / "documents"), well=(0, 1, 3))
    run("status", str(stack))
    farewell(stack)


def answer_for_the_garden(stack: Path, proposal: Path) -> None:
    """Say what only the association can say of its members' data: an invented association, at home on its own host."""
    from provisioner.screening import questions

    about = ["--name", "Les Amis du Jardin partagé", "--number", "W691000000", "--representative", "Ada Martin"]
    place = ["--address", "1 rue des Lilas, 69000 Lyon", "--officer-name", "Ada Martin", "--own-host", "--no-minors"]
    run("gdpr", "init", str(stack), "--plan", str(proposal), *about, *place)
    answers = [word for name in questions() for word in ("--answer", f"{name}={ANSWERS.get(name, 'no')}")]
    run("gdpr", "screening", str(stack), *answers, "--by", "Ada Martin")


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
