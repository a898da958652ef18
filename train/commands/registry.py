"""Every command of `python -m train`, found once, by its module in this folder or in one within it."""

import argparse
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from train import commands as folder

HELPERS = ("registry",)  # modules here that are no commands


@dataclass(frozen=True)
class Command:
    """One command."""

    name: str  # as it is typed
    help: str  # a line in the list of commands
    description: str  # what its own --help says first
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]  # gives the exit status
    aliases: tuple[str, ...] = ()
    shows_defaults: bool = False  # in its --help


@cache
def commands() -> tuple[Command, ...]:
    """All of them: the trainings first, then the others by name."""
    here = pkgutil.walk_packages(folder.__path__, f"{folder.__name__}.")
    names = [module.name for module in here if not module.ispkg and module.name.rpartition(".")[2] not in HELPERS]
    modules = [importlib.import_module(name) for name in sorted(names, key=lambda name: name.rpartition(".")[2])]
    found = [command for module in modules for command in _of(module)]
    return tuple(sorted(found, key=lambda command: not command.shows_defaults))


def _of(module: ModuleType) -> list[Command]:
    if hasattr(module, "commands"):
        return module.commands()
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    description, aliases = module.__doc__ or "", getattr(module, "ALIASES", ())
    return [Command(name, module.HELP, description, module.add_arguments, module.run, aliases)]


class _Defaults(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Help with the defaults, where there are any."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        switch = action.default is False and not isinstance(action, argparse.BooleanOptionalAction)
        none = switch or action.default is None or action.default == ""
        return action.help if none else super()._get_help_string(action)


def add_parsers(parser: argparse.ArgumentParser) -> None:
    """Every command as a subcommand; what is parsed has its `run`."""
    subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, help="RECIPE or what else to do; COMMAND --help says more"
    )
    for command in commands():
        own = subparsers.add_parser(
            command.name,
            aliases=command.aliases,
            help=command.help,
            description=command.description,
            formatter_class=_Defaults if command.shows_defaults else argparse.RawDescriptionHelpFormatter,
        )
        own.set_defaults(run=command.run)
        command.add_arguments(own)
