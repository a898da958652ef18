"""Make one entry out of several runs of one recipe: the weights of one seed, the figures of all."""

import statistics
from pathlib import Path
from typing import Any

import model_zoo
from model_zoo import entry
from train import card as cards


def publish(runs: list[Path], out: Path, title: str = "", note: str = "") -> dict[str, Any]:
    """Write the run with the best validation accuracy to `out`, with mean and spread over all in its card.

    Args:
        runs: finished run folders of one recipe, each of another seed.
        out: the entry to write.
        title: instead of the recipe's.
        note: what else a reader of the card must know, such as what shared the machine.

    Returns:
        The card.

    Raises:
        ValueError: the runs are not finished, not of one recipe, or repeat a seed.
        BrokenEntry: a run cannot be read.
    """
    models = [model_zoo.load_folder(run) for run in runs]
    for model in models:
        if "test" not in model.card["metrics"]:
            raise ValueError(f"{model.folder} is not a finished training: it has no test accuracy.")
        if _terms(model.card) != _terms(models[0].card):
            raise ValueError(f"{model.folder} and {models[0].folder} were not trained with the same recipe and data.")
    seeds = [model.card["recipe"]["seed"] for model in models]
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"The runs repeat a seed: {seeds}.")
    # Chosen on validation, never on test.
    chosen = max(models, key=lambda model: model.card["metrics"]["validation_accuracy"])
    test = [model.card["metrics"]["test"]["accuracy"] for model in models]
    validation = [model.card["metrics"]["validation_accuracy"] for model in models]
    card = dict(chosen.card)
    card["metrics"] = card["metrics"] | {
        "seeds": {
            "n": len(models),
            "seeds": seeds,
            "choice": "the best on validation",
            "test_accuracy_mean": statistics.mean(test),
            "test_accuracy_sd": statistics.stdev(test) if len(test) > 1 else None,  # one run has no spread
            "test_accuracy": test,
            "validation_accuracy": validation,
        }
    }
    card["title"] = title or card["title"]
    if note:
        card["environment"] = card["environment"] | {"note": note}
    out.mkdir(parents=True, exist_ok=True)
    # The stored weights are copied byte for byte: packing them again could change them.
    entry.write_files({out / name: (chosen.folder / name).read_bytes() for name in (entry.WEIGHTS, entry.HISTORY)})
    entry.write_card(out, card, cards.readme(card))
    return card


def _terms(card: dict[str, Any]) -> tuple[Any, ...]:
    """What must be the same for figures of two runs to be averaged: all but the seed."""
    recipe = {name: value for name, value in card["recipe"].items() if name != "seed"}
    return recipe, card["data"], card["metrics"]["test"]["pictures"]
