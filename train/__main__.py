"""Train a network, or see how good one is.

    python -m train cifar10-cnn --data DIR --out DIR              train, as in the talk
    python -m train cifar10-cnn-regularised --data DIR --out DIR  the same network, kept from over-fitting
    python -m train cifar10-fast --data DIR --out DIR             a whitened network, Muon, eight epochs
    python -m train cifar10-resnet --data DIR --out DIR           a network with skip connections
    python -m train invasive-resnet --data DIR --out DIR          photos of invasive plants, see train/layouts.py
    python -m train RECIPE ... --resume                           go on after an interruption
    python -m train RECIPE ... --find-learning-rate               which step size to take: a plot and a table
    python -m train RECIPE ... --start-from ENTRY                 with the weights of another network where they fit
    torchrun --standalone --nproc-per-node 2 -m train RECIPE ...  on two processes (see train/distributed.py)
    python -m train evaluate ENTRY --data DIR                     test pictures: figures, confusions, last line JSON
    python -m train evaluate RUN --data DIR --save                the same, once, into the card of a run with --no-test
    python -m train publish RUN RUN RUN --out DIR                 the best of several seeds, with mean and spread
    python -m train summary RUN RUN RUN --levels 76 90 94         mean and spread of accuracy and seconds, as a table
    python -m train cut PHOTOS MASKS OUT                          photos with masks, cut into labelled tiles
    python -m train describe SET                                  what a set of pictures holds, and what is left out
    python -m train submit ENTRY --data DIR --out FILE            probabilities for the test photos of a Kaggle set
    python -m train survey ENTRY PHOTO --out DIR                  where in a whole photo a network sees its class
    python -m train answer ENTRY FILE ... --out FILE              many photos, folders and zips: a table of answers
    python -m train pointing ENTRY --data DIR                     how often a map's peak lies on the plant
    python -m train agreement ENTRY --data DIR                    how well surveys of photos agree with their masks
    python -m train starts ENTRY --data DIR --out DIR             from scratch against a warm start, same budget
    python -m train blocks --data DIR --out DIR                   every block of ground held out in turn, threshold
    python -m train export ENTRY --onnx FILE                      for programs without ConvScope and PyTorch

DIR of --data is a torchvision root (it holds cifar-10-batches-py/, downloaded when missing). The folder of --out is a
zoo entry after every epoch: with CONVSCOPE_RUNS naming its parent, it appears in the page.
"""

import signal

if __name__ == "__main__":  # Ctrl-C while PyTorch is being loaded, when there is nothing to lose yet, ends at once
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import json
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import torch

import model_zoo
from model_zoo import to_onnx
from model_zoo.decisions import decision
from train import (
    agreement,
    answer,
    blocks,
    cut,
    data,
    describe,
    device,
    distributed,
    evaluate,
    pointing,
    publish,
    range_test,
    record,
    sources,
    starts,
    submit,
    summary,
    survey,
)
from train import card as cards
from train.fit import fit
from train.folder import CHECKPOINT
from train.recipes import RECIPES, options, with_overrides
from train.safety import TrainingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status (130 after Ctrl-C, 1 after an error said in a sentence)."""
    parser = _parser()
    typed = sys.argv[1:] if arguments is None else list(arguments)
    given = parser.parse_args(typed)
    given.command = cards.command(typed)
    try:
        return given.run(given)
    except (TrainingError, data.DataError, model_zoo.BrokenEntry, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{parser.prog}: {error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyError as error:
        print(f"{parser.prog}: {error.args[0]}", file=sys.stderr)
    except KeyboardInterrupt:
        kept = given.run is _train and (given.out / CHECKPOINT).is_file()
        more = " The run folder holds the last finished epoch; go on with --resume." if kept else ""
        print(f"\nStopped.{more}", file=sys.stderr)
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words = "RECIPE|evaluate|publish|summary|export|cut|describe|submit|survey|answer|pointing|agreement|starts|blocks"
    commands = parser.add_subparsers(metavar=words, required=True)
    for name, recipe in RECIPES.items():
        command = commands.add_parser(name, help=recipe.title, description=recipe.title, formatter_class=_Defaults)
        command.set_defaults(run=_train, recipe=recipe)
        command.add_argument("--data", required=True, metavar="DIR", help=sources.help_of(recipe))
        command.add_argument("--out", required=True, metavar="DIR", type=Path, help="run folder: a zoo entry")
        _add_cache(command, offered=not recipe.name.startswith("cifar10"))
        command.add_argument(
            "--no-test", action="store_true", help="do not look at the test pictures at the end, to try things"
        )
        command.add_argument(
            "--find-learning-rate",
            action="store_true",
            help="only try step sizes for 100 steps and write a plot and a table to --out",
        )
        command.add_argument("--seed", type=_whole(0, 2**31 - 1), default=0, help="of everything random")
        command.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, xpu, ...")
        command.add_argument("--threads", type=_whole(1, 1024), help="CPU threads; all cores if not given")
        command.add_argument(
            "--limit", type=_whole(1), metavar="N", help="use only N pictures of each kind, to try things"
        )
        command.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
        command.add_argument(
            "--tensorboard", action="store_true", help="write curves, pictures, graph and confusions to OUT/tensorboard"
        )
        command.add_argument(
            "--snapshots",
            default="doubling",
            metavar="EPOCHS",
            help="after which epochs the weights are kept: doubling (0, 1, 2, 4, 8, ... and the last), all, none, or "
            "a list such as 0,3,last",
        )
        values = command.add_argument_group("the recipe's values", "each with its unit")
        for field, default, text in options(recipe):
            kind = {"action": argparse.BooleanOptionalAction} if isinstance(default, bool) else {"type": type(default)}
            values.add_argument(f"--{field.replace('_', '-')}", default=default, help=text.replace("%", "%%"), **kind)
    command = commands.add_parser("evaluate", help="how good an entry is on pictures it was not trained on")
    command.set_defaults(run=_evaluate)
    command.add_argument("entry", help="a name of the zoo, or a folder")
    command.add_argument("--data", required=True, metavar="DIR", help="as for the training of that entry")
    command.add_argument("--limit", type=_whole(1), metavar="N", help="only N pictures")
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
    _add_cache(command)
    command = commands.add_parser("publish", help="the best of several seeds, with mean and spread")
    command.set_defaults(run=_publish)
    command.add_argument("runs", nargs="+", type=Path, help="finished run folders of one recipe")
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="the entry to write")
    command.add_argument("--title", default="", help="shown in the page instead of the recipe's")
    command.add_argument("--note", default="", help="added to the card, such as what shared the machine")
    command.add_argument("--no-snapshots", action="store_true", help="leave the weights of earlier epochs out")
    summary.add_command(commands)
    cut.add_command(commands)
    describe.add_command(commands)
    submit.add_command(commands)
    survey.add_command(commands)
    answer.add_command(commands)
    pointing.add_command(commands)
    agreement.add_command(commands)
    starts.add_command(commands)
    blocks.add_command(commands)
    command = commands.add_parser("export", help="an entry as an ONNX file, for programs without ConvScope")
    command.set_defaults(run=_export)
    command.add_argument("entry", help="a name of the zoo, or a folder")
    command.add_argument("--onnx", required=True, metavar="FILE", type=Path, help="the file to write")
    return parser


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Help with the defaults, where there are any."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        switch = action.default is False and not isinstance(action, argparse.BooleanOptionalAction)
        none = switch or action.default is None or action.default == ""
        return action.help if none else super()._get_help_string(action)


def _add_cache(command: argparse.ArgumentParser, offered: bool = True) -> None:
    command.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="where decoded photos are kept; in the user's cache folder if not given" if offered else argparse.SUPPRESS,
    )


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """The type of an option that takes whole numbers in a range."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
            until = "on" if high is None else f"to {high}"
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {low} {until}")
        return int(text)

    return read


def _train(given: argparse.Namespace) -> int:
    recipe = with_overrides(given.recipe, {name: getattr(given, name) for name, _, _ in options(given.recipe)})
    snapshots = _epochs(given.snapshots, recipe.epochs)
    on = distributed.own_device(device.choose(given.device))
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    device.keep_freed_memory()
    device.use_fastest_kernels(on)
    facts = {
        # The command that gives these weights from the start.
        "command": given.command,
        "date": date.today().isoformat(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }
    with distributed.joined(on) as world:
        if world.is_main:
            where = device.describe(on, recipe.bfloat16)
            print(f"{recipe.title}: {recipe.epochs} epochs on {where}, seed {given.seed}", flush=True)
        source = sources.of(recipe, given.data, given.limit, given.cache)
        if world.is_main and source.notes:
            print("\n".join(source.notes), flush=True)
        if given.find_learning_rate:
            found = range_test.range_test(recipe, source.train, given.out, given.seed, on, world, source.kind)
            if world.is_main:
                print(found.table())
                print(f"The plot and the table are in {given.out}")
            return 0
        fit(
            recipe,
            source.train,
            source.validation,
            None if given.no_test else source.test,
            given.out,
            facts | source.facts,
            kind=source.kind,
            seed=given.seed,
            on=on,
            resume=given.resume,
            snapshots=snapshots,
            world=world,
            board=given.tensorboard,
        )
        if world.is_main:
            print(f"The entry is in {given.out}")
    return 0


def _epochs(text: str, last: int) -> frozenset[int]:
    """The epochs that --snapshots names."""
    if text == "none":
        return frozenset()
    if text == "all":
        return frozenset(range(last + 1))
    if text == "doubling":
        return frozenset({0, last} | {2**power for power in range(20) if 2**power <= last})
    words = [last if word.strip() == "last" else word.strip() for word in text.split(",")]
    if not all(word == last or (str(word).isascii() and str(word).isdigit()) for word in words):
        raise ValueError(f"--snapshots takes doubling, all, none or epochs such as 0,3,last; not {text!r}.")
    epochs = frozenset(int(word) for word in words)
    if max(epochs) > last:
        raise ValueError(f"--snapshots names epoch {max(epochs)}, but the training ends after {last}.")
    return epochs


def _evaluate(given: argparse.Namespace) -> int:
    model = model_zoo.entry_of(given.entry)
    values = model.card["preprocessing"]
    name = "test" if given.views == 1 else "test_with_views"
    if given.save:
        if given.split != "test" or given.limit is not None:
            raise ValueError("--save is for all test pictures: leave out --split and --limit.")
        record.check(model, name)
    pictures = sources.labelled(model, given.data, given.split, given.limit, given.cache, own=given.save)
    outputs = evaluate.logits(model.net, pictures, values["mean"], values["std"], views=given.views)
    if model.classes == data.CIFAR10_CLASSES:
        result = evaluate.metrics(outputs, pictures.labels, model.classes)
    else:
        _, threshold = decision(model)
        threshold = 0.5 if threshold is None else threshold
        result = evaluate.photo_metrics(outputs, pictures.labels, model.classes, threshold)
    print(f"{model.title} ({model.name})")
    print(evaluate.report(result, given.split))
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
    to_onnx.export(model, given.onnx)
    print(
        f"{given.onnx}: {given.onnx.stat().st_size / 1e6:.1f} MB, {model.title}. To use it, after import onnxruntime:"
    )
    print(to_onnx.usage(model, given.onnx))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
