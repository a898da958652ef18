"""The commands about entries: `evaluate`, `publish` and `export`; and options that several commands share."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import model_zoo
from model_zoo.aerial.threshold import threshold
from model_zoo.entries import onnx_export
from train.data import cifar10
from train.engine import metrics, sources
from train.entry import card as cards
from train.entry import publish, record


def add_command(commands: argparse._SubParsersAction) -> None:
    """The three among the commands of `python -m train`."""
    command = commands.add_parser("evaluate", help="how good an entry is on pictures it was not trained on")
    command.set_defaults(run=_evaluate)
    command.add_argument("entry", help="a name of the zoo, or a folder")
    command.add_argument("--data", required=True, metavar="DIR", help="as for the training of that entry")
    command.add_argument("--limit", type=whole(1), metavar="N", help="only N pictures")
    command.add_argument(
        "--views",
        type=int,
        default=1,
        choices=(1, 6, 8),
        help="the mean over so many views of a picture: 6 moves and mirrors it, 8 turns and mirrors it",
    )
    command.add_argument(
        "--split",
        default="test",
        choices=("test", "validation"),
        help="the test pictures, if not given, or those that its training kept back to choose the epoch by",
    )
    command.add_argument(
        "--save",
        action="store_true",
        help="write the figures into the card of an entry that has none, such as a run with --no-test",
    )
    add_cache(command)
    command = commands.add_parser("publish", help="the best of several seeds, with mean and spread")
    command.set_defaults(run=_publish)
    command.add_argument("runs", nargs="+", type=Path, help="finished run folders of one recipe")
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="the entry to write")
    command.add_argument("--title", default="", help="shown in the page instead of the recipe's")
    command.add_argument("--note", default="", help="added to the card, such as what shared the machine")
    command.add_argument("--no-snapshots", action="store_true", help="leave the weights of earlier epochs out")
    command = commands.add_parser("export", help="an entry as an ONNX file, for programs without ConvScope")
    command.set_defaults(run=_export)
    command.add_argument("entry", help="a name of the zoo, or a folder")
    command.add_argument("--onnx", required=True, metavar="FILE", type=Path, help="the file to write")


def add_cache(command: argparse.ArgumentParser, offered: bool = True) -> None:
    """`--cache`, hidden where it means nothing."""
    command.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="where decoded photos are kept; in the user's cache folder if not given" if offered else argparse.SUPPRESS,
    )


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """The type of an option that takes whole numbers in a range."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
            until = "on" if high is None else f"to {high}"
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {low} {until}")
        return int(text)

    return read


def _evaluate(given: argparse.Namespace) -> int:
    model = model_zoo.entry_of(given.entry)
    values = model.card["preprocessing"]
    name = "test" if given.views == 1 else "test_with_views"
    if given.save:
        if given.split != "test" or given.limit is not None:
            raise ValueError("--save is for all test pictures: leave out --split and --limit.")
        record.check(model, name)
    pictures = sources.labelled(model, given.data, given.split, given.limit, given.cache, own=given.save)
    outputs = metrics.logits(model.net, pictures, values["mean"], values["std"], views=given.views)
    if model.classes == cifar10.CIFAR10_CLASSES:
        result = metrics.metrics(outputs, pictures.labels, model.classes)
    else:
        told = threshold(model)
        result = metrics.photo_metrics(outputs, pictures.labels, model.classes, 0.5 if told is None else told)
    print(f"{model.title} ({model.name})")
    print(metrics.report(result, given.split))
    if given.save:
        views = {"views": given.views} if given.views > 1 else {}
        print(f"Written into {record.record(model, name, views | result)}")
    print(json.dumps({"entry": model.name} | result))
    return 0


def _publish(given: argparse.Namespace) -> int:
    card = publish.publish(given.runs, given.out, given.title, given.note, not given.no_snapshots)
    print(f"{given.out}: {json.dumps(card['metrics']['seeds'])}")
    if card["data"]["name"] == "CIFAR-10":
        print(cards.claim(card))
    return 0


def _export(given: argparse.Namespace) -> int:
    model = model_zoo.entry_of(given.entry)
    onnx_export.export(model, given.onnx)
    print(
        f"{given.onnx}: {given.onnx.stat().st_size / 1e6:.1f} MB, {model.title}. To use it, after import onnxruntime:"
    )
    print(onnx_export.usage(model, given.onnx))
    return 0
