"""Command-line options that several commands of `python -m train` share."""

import argparse
from collections.abc import Callable
from pathlib import Path


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """The type of an option that takes whole numbers in a range."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
            until = "on" if high is None else f"to {high}"
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {low} {until}")
        return int(text)

    return read


def numbers(option: str, text: str, low: int, high: int = 1_000_000) -> list[int]:
    """The whole numbers of a list with commas between; none of an empty text.

    Raises:
        ValueError: something else, or a number outside of the range; in a sentence that names the option.
    """
    words = [word.strip() for word in text.split(",")] if text.strip() else []
    if not all(word.isascii() and word.isdigit() and low <= int(word) <= high for word in words):
        raise ValueError(f"{option} takes whole numbers from {low} to {high:,}, with commas between; not {text!r}.")
    return [int(word) for word in words]


def add_cache(parser: argparse.ArgumentParser, offered: bool = True) -> None:
    """`--cache`, hidden where it means nothing."""
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="where decoded photos are kept; in the user's cache folder if not given" if offered else argparse.SUPPRESS,
    )


def add_false_alarms(parser: argparse.ArgumentParser, of: str) -> None:
    """`--false-alarms`, the share of known pictures that may be called unfamiliar; `check_shares` says what it may be.

    Args:
        of: what they are here, such as "windows".
    """
    parser.add_argument(
        "--false-alarms",
        type=float,
        default=0.05,  # model_zoo.trust.judgement.FALSE_ALARMS, whose module takes seconds to load
        metavar="SHARE",
        help=f"the share of known {of} that may be called unfamiliar, between 0 and 1; 0.05 if not given",
    )


def add_trainings(parser: argparse.ArgumentParser) -> None:
    """What a command takes that starts several trainings: recipe, pictures, folder, and options for each of them."""
    parser.add_argument("--recipe", default="invasive-resnet", help="invasive-resnet, if not given")
    parser.add_argument("--data", required=True, metavar="DIR", help="as for the training")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder of the run folders")
    parser.add_argument(
        "--with",
        dest="words",
        metavar="OPTION",
        nargs=argparse.REMAINDER,
        default=[],
        help="everything behind it is given to every training",
    )
