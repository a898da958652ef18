"""What a training says about itself: card.json and the model card in words."""

import math
from dataclasses import asdict
from typing import Any

from train.data import SPLIT_SEED
from train.kinds import Cifar10, Kind
from train.recipes import Recipe
from train.start import arguments


def build(
    recipe: Recipe,
    seed: int,
    history: list[dict[str, float]],
    best_epoch: int,
    facts: dict[str, Any],
    kind: Kind | None = None,
) -> dict[str, Any]:
    """The card of a run after the last row of its history, without test metrics.

    Args:
        facts: the run's environment (command, date, torch, device) and `data_size`, which are copied in.
        kind: what the pictures are; CIFAR-10 if None.
    """
    kind = kind or Cifar10(recipe)
    best = next(row for row in history if row["epoch"] == best_epoch)
    facts, about = dict(facts), kind.card()
    data_size, data_sha256 = facts.pop("data_size"), facts.pop("data_sha256", None)
    return {
        "name": recipe.name,
        "title": recipe.title,
        "net": {"file": recipe.net, "arguments": arguments(recipe, kind.classes)},
        "classes": about["classes"],
        "preprocessing": about["preprocessing"],
        "data": about["data"]
        | {"split": data_size, "split_seed": SPLIT_SEED}
        | ({"training_pictures_sha256": data_sha256} if data_sha256 else {}),
        "recipe": asdict(recipe) | {"seed": seed},
        "environment": facts | {"seconds": round(sum(row["seconds"] for row in history), 1)},
        "metrics": {
            "epochs_finished": int(history[-1]["epoch"]),
            "best_epoch": best_epoch,
        }
        | {
            f"validation_{name}{when}": row[f"val_{name}"]
            for name in ("accuracy", *kind.further)
            for when, row in (("", best), ("_before_training", history[0]))
            if not math.isnan(row[f"val_{name}"])
        },
    }


def readme(card: dict[str, Any]) -> str:
    """The model card in Markdown, every figure taken from the card."""
    metrics, recipe, environment = card["metrics"], card["recipe"], card["environment"]
    lines = [
        "---",
        "library_name: pytorch",
        "pipeline_tag: image-classification",
        "license: mit",
        "datasets: [cifar10]",
        "metrics: [accuracy]",
        "---",
        f"# {card['title']}",
        "",
        f"{card['net']['file']} with {len(card['classes'])} classes: {', '.join(card['classes'])}.",
        "",
        "## Figures",
        "",
    ]
    if "test" in metrics:
        test = metrics["test"]
        lines.append(f"- test accuracy **{test['accuracy']:.2%}** ({test['pictures']:,} pictures, these weights)")
        if "roc_auc" in test:
            lines.append(
                f"- ROC AUC {test['roc_auc']:.4f} (mean over the classes), calibration error "
                f"{test['calibration_error']:.2%}, loss {test['loss']:.4f} nats"
            )
    if "test_with_views" in metrics:
        views = metrics["test_with_views"]
        lines.append(
            f"- with test-time augmentation ({views['views']} views of each picture averaged; the page shows one): "
            f"**{views['accuracy']:.2%}**"
        )
    if metrics.get("seeds", {}).get("n", 0) > 1:
        seeds = metrics["seeds"]
        lines.append(
            f"- over {seeds['n']} seeds ({', '.join(map(str, seeds['seeds']))}): test accuracy "
            f"{seeds['test_accuracy_mean']:.2%}, standard deviation {seeds['test_accuracy_sd'] * 100:.2f} points; "
            f"these weights are seed {recipe['seed']}, {seeds['choice']}"
        )
        if "test_with_views_mean" in seeds:
            lines.append(
                f"- over the same seeds with test-time augmentation: {seeds['test_with_views_mean']:.2%}, standard "
                f"deviation {seeds['test_with_views_sd'] * 100:.2f} points"
            )
    if "test_accuracy_before_storage" in metrics:
        change = metrics["test"]["accuracy"] - metrics["test_accuracy_before_storage"]
        lines.append(f"- storage (half precision, large matrices in 8-bit blocks) changed it by {change:+.2%}")
    lines += [
        "- trained on all training pictures for a fixed number of epochs: no validation"
        if "validation_accuracy" not in metrics
        else f"- validation accuracy {metrics['validation_accuracy']:.2%} after epoch {metrics['best_epoch']} of "
        f"{metrics['epochs_finished']}, the best; {metrics['validation_accuracy_before_training']:.2%} before training",
        f"- {environment['seconds']:.0f} s on {environment['device']}, torch {environment['torch']}, "
        f"{environment['date']}",
        *([f"- {environment['note']}"] if "note" in environment else []),
        "",
        "```",
        environment["command"],
        "python -m train evaluate <this entry> --data DIR",
        "```",
        "",
        "## Training",
        "",
        f"Data: {card['data']['name']} ({card['data']['source']}), {card['data']['split']}, split seed "
        f"{card['data']['split_seed']}. {card['data']['citation']}.",
        "",
        *(f"- {name.replace('_', ' ')}: {value}" for name, value in recipe.items() if name not in ("name", "title")),
        "",
        "## Limits",
        "",
        "It knows ten kinds of things in 32 x 32 pixels and names one of them for any picture, also for pictures of "
        "something else. The test pictures chose nothing"
        + (", the validation pictures the epoch." if "validation_accuracy" in metrics else "."),
        "",
    ]
    return "\n".join(lines)
