"""Train a network, or see how good one is.

    python -m train cifar10-cnn --data DIR --out DIR              train, as in the talk
    python -m train cifar10-cnn-regularised --data DIR --out DIR  the same network, kept from over-fitting
    python -m train cifar10-fast --data DIR --out DIR             a whitened network, Muon, eight epochs
    python -m train cifar10-resnet --data DIR --out DIR           a network with skip connections
    python -m train invasive-resnet --data DIR --out DIR          photos of invasive plants, see train/data/layouts.py
    python -m train RECIPE ... --resume                           go on after an interruption
    python -m train RECIPE ... --find-learning-rate               which step size to take: a plot and a table
    python -m train RECIPE ... --start-from ENTRY                 with the weights of another network where they fit
    python -m train invasive-resnet ... --teacher ENTRY,ENTRY     to learn what trained networks answer
    torchrun --standalone --nproc-per-node 2 -m train RECIPE ...  on two processes (see train/engine/distributed.py)
    python -m train evaluate ENTRY --data DIR                     test pictures: figures, confusions, last line JSON
    python -m train evaluate RUN --data DIR --save                the same, once, into the card of a run with --no-test
    python -m train publish RUN RUN RUN --out DIR                 the best of several seeds, with mean and spread
    python -m train summary RUN RUN RUN --levels 76 90 94         mean and spread of accuracy and seconds, as a table
    python -m train cut PHOTOS MASKS OUT                          photos with masks, cut into labelled tiles
    python -m train unpack DIR OUT                                CIFAR-10 as a folder of photos per class
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
import platform
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import torch

import model_zoo
from train.commands import (
    agreement,
    answer,
    blocks,
    cut,
    describe,
    evaluate,
    pointing,
    submit,
    summary,
    survey,
    unpack,
    warm_start_study,
)
from train.data import cifar10
from train.engine import device, distributed, lr_finder, sources
from train.engine.fit import fit
from train.engine.guard import TrainingError
from train.entry import card as cards
from train.entry.run_folder import CHECKPOINT
from train.recipes import RECIPES, options, with_overrides


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status (130 after Ctrl-C, 1 after an error said in a sentence)."""
    parser = _parser()
    typed = sys.argv[1:] if arguments is None else list(arguments)
    given = parser.parse_args(typed)
    given.command = cards.command(typed)
    try:
        return given.run(given)
    except (TrainingError, cifar10.DataError, model_zoo.BrokenEntry, ValueError) as error:
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
    words = "RECIPE|evaluate|publish|summary|export|cut|unpack|describe|submit|survey|answer|pointing|agreement|starts"
    commands = parser.add_subparsers(metavar=f"{words}|blocks", required=True)
    for name, recipe in RECIPES.items():
        command = commands.add_parser(name, help=recipe.title, description=recipe.title, formatter_class=_Defaults)
        command.set_defaults(run=_train, recipe=recipe)
        command.add_argument("--data", required=True, metavar="DIR", help=sources.help_of(recipe))
        command.add_argument("--out", required=True, metavar="DIR", type=Path, help="run folder: a zoo entry")
        evaluate.add_cache(command, offered=not recipe.name.startswith("cifar10"))
        command.add_argument(
            "--no-test", action="store_true", help="do not look at the test pictures at the end, to try things"
        )
        command.add_argument(
            "--find-learning-rate",
            action="store_true",
            help="only try step sizes for 100 steps and write a plot and a table to --out",
        )
        command.add_argument("--seed", type=evaluate.whole(0, 2**31 - 1), default=0, help="of everything random")
        command.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, xpu, ...")
        command.add_argument("--threads", type=evaluate.whole(1, 1024), help="CPU threads; all cores if not given")
        command.add_argument(
            "--limit", type=evaluate.whole(1), metavar="N", help="use only N pictures of each kind, to try things"
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
    for module in (
        evaluate,
        summary,
        cut,
        describe,
        submit,
        survey,
        answer,
        pointing,
        agreement,
        warm_start_study,
        blocks,
        unpack,
    ):
        module.add_command(commands)
    return parser


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Help with the defaults, where there are any."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        switch = action.default is False and not isinstance(action, argparse.BooleanOptionalAction)
        none = switch or action.default is None or action.default == ""
        return action.help if none else super()._get_help_string(action)


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
            found = lr_finder.range_test(recipe, source.train, given.out, given.seed, on, world, source.kind)
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


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
