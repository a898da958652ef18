"""Make one entry out of several runs of one recipe: the weights of one seed, the figures of all."""

import shlex
import statistics
from pathlib import Path
from typing import Any

import model_zoo
from model_zoo.entries import entry, judge_file
from model_zoo.entries.best_epoch import best_row, rank, score_column
from model_zoo.entries.probes import PROBES
from model_zoo.model import SNAPSHOTS, snapshots
from train.entry import model_card
from train.entry.card import as_stored, command
from train.recipes import defaults


def publish(
    runs: list[Path], out: Path, title: str = "", note: str = "", with_snapshots: bool = True
) -> dict[str, Any]:
    """Write the run that is best on validation to `out`, with mean and spread over all in its card.

    Best is the highest ROC AUC of photos, and the highest accuracy of CIFAR-10; of equal ones the lower loss.

    Args:
        runs: finished run folders of one recipe, each of another seed.
        out: the entry to write.
        title: instead of the recipe's.
        note: what else a reader of the card must know, such as what shared the machine.
        with_snapshots: take the weights of earlier epochs along, which may be several times the size of the rest.

    Returns:
        The card.

    Raises:
        ValueError: the runs are not finished, not of one recipe, or repeat a seed.
        BrokenEntry: a run cannot be read.
    """
    models = [model_zoo.load_folder(run) for run in runs]
    _check(models)
    chosen, figures = _chosen(models), _figures(models)
    card = dict(chosen.card)
    card["metrics"] = card["metrics"] | {"seeds": figures}
    card["title"] = title or card["title"]
    card["environment"] = card["environment"] | {"command": _command(card)}
    if not with_snapshots:
        card.pop(SNAPSHOTS, None)
    if note:
        card["environment"] = card["environment"] | {"note": note}
    out.mkdir(parents=True, exist_ok=True)
    # The stored weights are copied byte for byte: packing them again could change them.
    kept = [entry.snapshot_path(Path(), epoch) for epoch in sorted(snapshots(card))]
    if kept:
        (out / SNAPSHOTS).mkdir(exist_ok=True)
    more = [PROBES] if (chosen.folder / PROBES).is_file() else []
    more += [judge_file.JUDGE, judge_file.REPORT] if "trust" in card else []
    names = (*kept, entry.WEIGHTS, entry.HISTORY, *more)
    entry.write_files({out / name: (chosen.folder / name).read_bytes() for name in names})
    entry.write_card(out, card, model_card.readme(card))
    return card


def _check(models: list[model_zoo.Model]) -> None:
    """ValueError where these are no finished runs of one recipe, each of another seed."""
    for model in models:
        if "test" not in model.card["metrics"]:
            raise ValueError(
                f"{model.folder} is not a finished training: it has no test accuracy. After a training with --no-test, "
                "python -m train evaluate RUN --data DIR --save measures it once."
            )
        if terms(model.card) != terms(models[0].card):
            raise ValueError(f"{model.folder} and {models[0].folder} were not trained with the same recipe and data.")
    seeds = _seeds(models)
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"The runs repeat a seed: {seeds}.")


def _seeds(models: list[model_zoo.Model]) -> list[int]:
    return [model.card["recipe"]["seed"] for model in models]


def _score(models: list[model_zoo.Model]) -> str:
    """By which of the card's validation figures runs are compared."""
    measured = [model.card["metrics"] for model in models]
    auc = all("validation_auc" in metrics or "average_precision" in metrics["test"] for metrics in measured)
    return "validation_auc" if auc else "validation_accuracy"


def _validated(models: list[model_zoo.Model]) -> bool:
    return all(_score(models) in model.card["metrics"] for model in models)


def _chosen(models: list[model_zoo.Model]) -> model_zoo.Model:
    """The best on validation, never on test; without validation the first seed."""
    if not _validated(models):
        return min(models, key=lambda model: model.card["recipe"]["seed"])
    score = _score(models)
    return max(models, key=lambda model: _rank(model, score))


def _figures(models: list[model_zoo.Model]) -> dict[str, Any]:
    """The card's `seeds`: every run's figures, with mean and spread."""
    measured, score = [model.card["metrics"] for model in models], _score(models)
    auc = score == "validation_auc"
    figures: dict[str, Any] = {"n": len(models), "seeds": _seeds(models)}

    def add(name: str, values: list[float]) -> None:
        figures.update({name: values} | _spread(name, values))

    add("test_accuracy", [metrics["test"]["accuracy"] for metrics in measured])
    for name in ("roc_auc", "average_precision", "calibration_error") if auc else ():
        if all(name in metrics["test"] for metrics in measured):
            add(f"test_{name}", [metrics["test"][name] for metrics in measured])
    if _validated(models):
        figures[score] = [metrics[score] for metrics in measured]
    figures["choice"] = "the best on validation" if _validated(models) else "the first, chosen before any was trained"
    if all("test_with_views" in metrics for metrics in measured):
        add("test_with_views", [metrics["test_with_views"]["accuracy"] for metrics in measured])
        if auc:
            add("test_roc_auc_with_views", [metrics["test_with_views"]["roc_auc"] for metrics in measured])
    seconds = [sum(row["seconds"] for row in model.history[1:]) for model in models]
    add("seconds", seconds)
    return figures | {"seconds": [round(each, 1) for each in seconds]}


def _rank(model: model_zoo.Model, score: str) -> tuple[float, float]:
    """What is larger for the better run on validation: the score that its card tells, then the lower loss."""
    return model.card["metrics"][score], rank(best_row(model.history), score_column(model.history))[1]


def _command(card: dict[str, Any]) -> str:
    """As `card.command` tells it; cards that were written before that may hold more."""
    told = card["environment"]["command"]
    words = shlex.split(told)
    return command(words[3:]) if words[:3] == ["python", "-m", "train"] else told


def _spread(name: str, values: list[float]) -> dict[str, float | None]:
    # One run has no spread.
    return {
        f"{name}_mean": statistics.mean(values),
        f"{name}_sd": statistics.stdev(values) if len(values) > 1 else None,
    }


def terms(card: dict[str, Any]) -> tuple[Any, ...]:
    """What must be the same for figures of two runs to be averaged: all but the seed and what it is called.

    A value that has its default may be missing, in a card that is older than the value's name.
    """
    usual = defaults(card["recipe"].get("name", ""))
    recipe = as_stored({name: value for name, value in card["recipe"].items() if value != usual.get(name)})
    data = {name: value for name, value in card["data"].items() if name != "training_pictures_sha256"}
    return (
        {name: recipe[name] for name in recipe if name not in ("seed", "title")},
        data,
        card["metrics"]["test"]["pictures"],
    )
