"""Remove an entry that `python -m model_zoo add` wrote; trained runs and shipped networks stay."""

import argparse

HELP = "remove an entry that was added"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the entry")


def run(given: argparse.Namespace) -> int:
    from model_zoo.adopting.sources import remove

    print(f"{given.name} is removed: {remove(given.name)}")
    return 0
