"""A trained small network as an ordinary entry of the zoo."""

import platform
from datetime import date
from pathlib import Path
from typing import Any

import torch

from model_zoo.common import layers
from model_zoo.common.grey import Grey
from model_zoo.entries import entry
from train.engine import device, metrics
from train.entry import built_card
from train.tools.small.loop import Training, Variant

NAME = "small-network"  # in the card; the page knows it by the secret name
MOST_KEPT = 20  # epochs whose weights are kept
MOST_WEIGHTS = 100_000  # of a network of which they are


def write(training: Training, one: Variant, letter: str, out: Path) -> dict[str, Any]:
    """Write the entry.

    Args:
        letter: of the network in its pair; "" where it learned alone.
        out: a folder that is missing or empty.

    Returns:
        The card.

    Raises:
        OSError: it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    card = _card(training, one, letter)
    if card["built"]["weights"] <= MOST_WEIGHTS:
        last = len(one.history) - 1
        step = -(-last // MOST_KEPT) or 1
        kept = range(0, last, step)  # those of the last one are the entry's own
        card["snapshots"] = {str(at): entry.write_snapshot(out, at, _stored(training, one.states[at])) for at in kept}
    # As they are: in half precision a network this small would answer otherwise than it did while it learned.
    state = _stored(training, one.net.state_dict())
    return entry.write(out, state, card, one.history, built_card.readme(card), exact=True)


def _stored(training: Training, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Under the names that they have in a network for pictures in colour."""
    if training.data.about.channels == 3:
        return dict(state)
    grey = Grey(torch.nn.Identity()).state_dict()
    return grey | {f"net.{name}": value for name, value in state.items()}


def _card(training: Training, one: Variant, letter: str) -> dict[str, Any]:
    plan, data, about = training.plan, training.data, training.data.about
    network = layers.count(layers.parse(one.text), about.channels, about.side, about.classes)
    arguments = {"layers": one.text, "classes": about.classes, "channels": about.channels, "side": about.side}
    channels = {} if about.channels == 3 else {"channels": about.channels}
    mean, std = (list(value) * (3 // len(value)) for value in (data.mean, data.std))
    passes = f"{training.at:.1f}".removesuffix(".0")
    dropped = any(layer.kind == "d" for layer in network.layers)
    last = one.history[-1]
    return {
        "name": NAME,
        "title": title(network, letter, data.title, plan.seed),
        "net": {"file": "small_cnn", "arguments": arguments} | channels,
        "classes": list(data.classes),
        "preprocessing": {"size": about.side, "crop": "centre", "mean": mean, "std": std, "interpolation": "bicubic"},
        "data": data.card,
        "built": {"weights": network.weights, "variant": letter, "is_cut": training.is_cut, "passes": training.at},
        "recipe": {
            "name": "small",
            "epochs": plan.epochs,
            "passes": passes,
            "batch_size": training.size,
            "learning_rate": plan.rate,
            "schedule": "one cycle",
            "optimiser": "AdamW",
            "seed": plan.seed,
        }
        | ({"dropout": True} if dropped else {}),
        "environment": {
            "command": "",
            "date": date.today().isoformat(),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": device.describe(torch.device("cpu"), False),
            "seconds": round(one.seconds, 1),
        },
        "metrics": {
            "epochs_finished": int(last["epoch"]),
            "best_epoch": int(last["epoch"]),
            "validation_accuracy": last["val_accuracy"],
            "validation_accuracy_before_training": one.history[0]["val_accuracy"],
            "validation": metrics.metrics(training.answers(one, data.held), data.held.labels, data.classes),
        },
    }


def title(network: layers.Network, letter: str, data: str, seed: int) -> str:
    """What the page calls it: "Network A, 2 convolutions, 3,274 weights, digits"."""
    found = sum(layer.kind == "c" for layer in network.layers)
    convolutions = f"{found or 'no'} convolution{'' if found == 1 else 's'}"
    called = f"Network {letter}" if letter else "Small network"
    return f"{called}: {convolutions}, {network.weights:,} weights, {data}, seed {seed}"
