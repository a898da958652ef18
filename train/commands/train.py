"""The training: each recipe of train/recipes.py is a command."""

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path

from train.commands.registry import Command
from train.options import add_cache, whole
from train.recipe_types import Recipe, options, with_overrides
from train.recipes import RECIPES

DATA = {
    "cifar10": "torchvision root with CIFAR-10, which is downloaded into this folder when missing",
    "photos": "folder or zip of labelled photos, see train/data/layouts.py, or the folder that holds hogweed/",
}


def commands() -> list[Command]:
    """One for each recipe."""
    return [
        Command(
            name,
            recipe.title,
            f"{recipe.title}. {recipe.evidence}",
            partial(add_arguments, recipe=recipe),
            run,
            shows_defaults=True,
        )
        for name, recipe in RECIPES.items()
    ]


def add_arguments(parser: argparse.ArgumentParser, recipe: Recipe) -> None:
    parser.set_defaults(recipe=recipe)
    parser.add_argument("--data", required=True, metavar="DIR", help=DATA[recipe.pictures])
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="run folder: a zoo entry")
    add_cache(parser, offered=recipe.caches)
    parser.add_argument(
        "--no-test", action="store_true", help="do not look at the test pictures at the end, to try things"
    )
    parser.add_argument(
        "--no-judge", action="store_true", help="do not fit at the end what tells which pictures the network knows"
    )
    parser.add_argument(
        "--find-learning-rate",
        action="store_true",
        help="only try step sizes for 100 steps and write a plot and a table to --out",
    )
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=0, help="of everything random")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, xpu, ...")
    parser.add_argument("--threads", type=whole(1, 1024), help="CPU threads; all cores if not given")
    parser.add_argument("--limit", type=whole(1), metavar="N", help="use only N pictures of each kind, to try things")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument(
        "--tensorboard", action="store_true", help="write curves, pictures, graph and confusions to OUT/tensorboard"
    )
    parser.add_argument(
        "--snapshots",
        default="doubling",
        metavar="EPOCHS",
        help="after which epochs the weights are kept: doubling (0, 1, 2, 4, 8, ... and the last), all, none, or "
        "a list such as 0,3,last",
    )
    values = parser.add_argument_group("the recipe's values", "each with its unit")
    for field, default, text in options(recipe):
        option, text = f"--{field.replace('_', '-')}", text.replace("%", "%%")
        if isinstance(default, bool):
            values.add_argument(option, default=default, help=text, action=argparse.BooleanOptionalAction)
        else:
            values.add_argument(option, default=default, help=text, type=type(default))


def run(given: argparse.Namespace) -> int:
    recipe = with_overrides(given.recipe, {name: getattr(given, name) for name, _, _ in options(given.recipe)})
    snapshots = _epochs(given.snapshots, recipe.epochs)

    from train.engine import device, distributed, fit, lr_finder, sources

    on = distributed.own_device(device.choose(given.device))
    device.prepare(on, given.threads)
    with distributed.joined(on) as world:
        if world.is_main:
            where = device.describe(on, recipe.bfloat16)
            print(f"{recipe.title}: {recipe.epochs} epochs on {where}, seed {given.seed}", flush=True)
        source = sources.of(recipe, given.data, given.limit, given.cache)
        if world.is_main and source.notes:
            print("\n".join(source.notes), flush=True)
        setting = fit.Setting(given.seed, on, world)
        if given.find_learning_rate:
            found = lr_finder.range_test(recipe, source, given.out, setting)
            if world.is_main:
                print(found.table())
                print(f"The plot and the table are in {given.out}")
            return 0
        fit.fit(
            recipe,
            replace(source, test=None) if given.no_test else source,
            given.out,
            setting,
            fit.Output(given.command, given.resume, snapshots, given.tensorboard),
        )
    if world.is_main:  # the other processes need not wait
        if not given.no_judge:
            from train.tools.trust import quick

            print(quick.judge(given.out, source, given.seed), flush=True)
        print(f"The entry is in {given.out}")
    return 0


def train_once(out: Path, words: list[str]) -> None:
    """Train into the folder `out`, without a look at the test pictures and without a judge.

    What has ended is kept, and what has begun goes on.

    Args:
        words: of the command line behind `python -m train`; `--out` among them names `out`.

    Raises:
        ValueError: there is no such recipe.
        SystemExit: an option is wrong; argparse has said which.
        Exception: whatever ends a training, see `fit`.
    """
    from model_zoo.entries.entry import CARD
    from train.entry.card import command
    from train.entry.run_folder import CHECKPOINT

    begun = (out / CHECKPOINT).exists()
    if not begun and (out / CARD).exists():
        return
    name, *options = [*words, "--no-test", "--no-judge", *(["--resume"] if begun else [])]
    if name not in RECIPES:
        raise ValueError(f"There is no recipe named {name!r}; known are {', '.join(RECIPES)}.")
    parser = argparse.ArgumentParser(prog=f"python -m train {name}")
    add_arguments(parser, RECIPES[name])
    given = parser.parse_args(options)
    given.command = command([name, *options])  # its card tells the command that trains it, and not the one that called
    run(given)


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
