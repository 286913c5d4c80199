"""Help texts in the language in use. Click keeps them as plain English on its commands; we show the translation."""

from collections.abc import Iterator
from inspect import cleandoc

import click

from provisioner.i18n import _

_english: dict[int, tuple[object, str | None, str | None]] = {}


def localise(command: click.Command) -> click.Command:
    """Given a command, put the translation of its help, its options' help and its sub-commands' help in place."""
    for item in (command, *command.params):
        if not hasattr(item, "help"):
            continue
        _item, help_, short = _english.setdefault(id(item), (item, item.help, getattr(item, "short_help", None)))
        if help_:
            item.help = _(cleandoc(help_))
        if short:
            item.short_help = _(short)  # type: ignore[attr-defined]
    if isinstance(command, click.Group):
        for name in command.commands:
            localise(command.commands[name])
    return command


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield every English help text of a command and of all below it, for the translators."""
    for item in (command, *command.params):
        _item, help_, short = _english.get(id(item), (item, getattr(item, "help", ""), getattr(item, "short_help", "")))
        yield from (cleandoc(text) for text in (help_, short) if text)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            yield from help_texts(below) if below else ()
