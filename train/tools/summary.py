"""What several runs reached and how long they took: mean and spread over the seeds of each recipe, as Markdown.

train/commands/summary.py says what the seconds count.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from model_zoo import BrokenEntry
from model_zoo.entries import entry
from train.entry.publish import terms
from train.recipe_types import options
from train.recipes import RECIPES


@dataclass(frozen=True)
class Run:
    """A finished run."""

    card: dict[str, Any]
    history: list[dict[str, float]]

    @property
    def seed(self) -> int:
        return self.card["recipe"]["seed"]

    @property
    def device(self) -> str:
        """Device and PyTorch, between which seconds are not to be averaged."""
        environment = self.card["environment"]
        return f"{environment.get('device', 'unknown device')}, torch {environment.get('torch', 'unknown')}"

    @property
    def validated(self) -> bool:
        return not math.isnan(self.history[-1]["val_accuracy"])

    @property
    def seconds(self) -> float:
        """Of all epochs but the untrained one."""
        return sum(row["seconds"] for row in self.history[1:])

    @property
    def accuracy(self) -> float:
        """Of the test pictures, 0..1."""
        return self.card["metrics"]["test"]["accuracy"]

    @property
    def accuracy_of_views(self) -> float | None:
        """Of the mean over several views of each test picture, where the recipe has it."""
        return self.card["metrics"].get("test_with_views", {}).get("accuracy")

    def seconds_to(self, level: float) -> float | None:
        """Until validation accuracy (0..1) first is at the level; None if it never is."""
        spent = accumulate(row["seconds"] for row in self.history[1:])
        reached = (now for now, row in zip(spent, self.history[1:], strict=True) if row["val_accuracy"] >= level - 1e-9)
        return next(reached, None)


def read(folders: Sequence[Path]) -> tuple[list[Run], list[str]]:
    """The finished runs in these folders, and a sentence for each folder that holds none.

    Raises:
        ValueError: none of them holds one.
    """
    runs, left_out = [], []
    for folder in folders:
        try:
            card, history = entry.read_card(folder), entry.read_history(folder)
        except BrokenEntry as error:
            left_out.append(str(error))
            continue
        if "test" in card["metrics"] and len(history) > 1 and "seed" in card["recipe"]:
            runs.append(Run(card, history))
        else:
            left_out.append(f"{folder} is not a finished training: {len(history) - 1} epochs are done.")
    if not runs:
        raise ValueError(f"There is no finished training among these folders. {' '.join(left_out)}")
    return runs, left_out


def grouped(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs that differ in nothing but the seed, together, in the order of their first ones; seeds in order.

    Raises:
        ValueError: two of them have the same seed, so that one training would count twice.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(repr((terms(run.card), run.device)), []).append(run)
    for group in groups.values():
        group.sort(key=lambda run: run.seed)
        seeds = [run.seed for run in group]
        if len(set(seeds)) < len(seeds):
            raise ValueError(f"The runs of {_label(group[0])} repeat a seed: {seeds}. Name each training once.")
    return list(groups.values())


def table(runs: Sequence[Run], levels: Sequence[float] = ()) -> str:
    """A table in Markdown, one row for each group of runs.

    Args:
        levels: accuracies (0..1) to which the seconds are told.
    """
    columns: list[tuple[str, Callable[[list[Run]], str]]] = [
        ("recipe", lambda group: _label(group[0])),
        ("seeds", lambda group: ", ".join(str(run.seed) for run in group)),
        ("seconds of training", lambda group: _spread([run.seconds for run in group])),
        ("seconds per epoch", lambda group: _spread([run.seconds / (len(run.history) - 1) for run in group])),
        ("test accuracy, %", lambda group: _spread([100 * run.accuracy for run in group], 2)),
        ("the same, mean of views, %", _views),
        *((f"seconds to {100 * level:g} %", lambda group, level=level: _to(group, level)) for level in levels),
        ("machine", lambda group: group[0].device),
    ]
    rows = [[name for name, _ in columns], ["---"] * len(columns)]
    rows += [[cell(group) for _, cell in columns] for group in grouped(runs)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _label(run: Run) -> str:
    """The recipe's name, and the options that were set to something else."""
    recipe = run.card["recipe"]
    known = RECIPES.get(recipe.get("name", ""))
    own = {name: default for name, default, _ in options(known)} if known else {}
    changed = [f"--{name.replace('_', '-')} {recipe[name]}" for name in own if recipe.get(name, own[name]) != own[name]]
    return " ".join((recipe.get("name", run.card["name"]), *changed))


def _spread(values: list[float], digits: int = 0) -> str:
    """Mean and standard deviation; of one value there is no deviation."""
    digits = digits or (1 if statistics.mean(values) < 100 else 0)
    spread = f", sd {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):,.{digits}f}{spread}"


def _views(group: list[Run]) -> str:
    values = [value for run in group if (value := run.accuracy_of_views) is not None]
    return "" if len(values) < len(group) else _spread([100 * value for value in values], 2)


def _to(group: list[Run], level: float) -> str:
    if group[0].validated:
        seconds = [found for run in group if (found := run.seconds_to(level)) is not None]
        if not seconds:
            return "not reached"
        return _spread(seconds) + (f" ({len(seconds)} of {len(group)} seeds)" if len(seconds) < len(group) else "")
    views = [value for run in group if (value := run.accuracy_of_views) is not None]
    averaged = len(views) == len(group)
    if statistics.mean(views if averaged else [run.accuracy for run in group]) < level - 1e-9:
        return "not reached"
    more = [run.card["metrics"]["test_with_views"].get("seconds", 0.0) if averaged else 0.0 for run in group]
    return _spread([run.seconds + seconds for run, seconds in zip(group, more, strict=True)])
