"""How good a network is on pictures it was not trained on."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics.functional.classification import multiclass_confusion_matrix

from train.data import Images, normalise


@torch.inference_mode()
def logits(net: nn.Module, images: Images, mean: tuple[float, ...], std: tuple[float, ...], batch: int = 500) -> Tensor:
    """The network's outputs for all pictures, float32 (N, classes) on the CPU."""
    net.eval()
    parts = [
        net(normalise(images.pictures[at : at + batch], mean, std)).float().cpu() for at in range(0, len(images), batch)
    ]
    return torch.cat(parts)


def loss_and_accuracy(outputs: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the share of pictures whose largest logit is the right class."""
    labels = labels.cpu()
    return F.cross_entropy(outputs, labels).item(), (outputs.argmax(1) == labels).double().mean().item()


def metrics(outputs: Tensor, labels: Tensor, classes: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """Accuracy, loss, accuracy per class (of the pictures of that class) and the confusion matrix.

    The confusion matrix counts pictures: row = true class, column = predicted class.
    """
    loss, accuracy = loss_and_accuracy(outputs, labels)
    confusion = multiclass_confusion_matrix(outputs.argmax(1), labels.cpu(), num_classes=len(classes))
    per_class = confusion.diag() / confusion.sum(1).clamp(min=1)
    return {
        "accuracy": accuracy,
        "loss": loss,
        "pictures": len(labels),
        "accuracy_per_class": {
            label: round(share, 4) for label, share in zip(classes, per_class.tolist(), strict=True)
        },
        "confusion_matrix": confusion.tolist(),
    }


def report(result: dict[str, Any]) -> str:
    """The metrics as text for a terminal, classes beside the matrix."""
    names = list(result["accuracy_per_class"])
    width = max(map(len, names))
    lines = [
        f"accuracy {result['accuracy']:.2%} on {result['pictures']:,} test pictures, loss {result['loss']:.4f}",
        "",
        "accuracy per class, then how often (columns, in the same order) each was predicted",
    ]
    for name, row in zip(names, result["confusion_matrix"], strict=True):
        counts = " ".join(f"{count:>5}" for count in row)
        lines.append(f"{name:<{width}}  {result['accuracy_per_class'][name]:7.2%}  {counts}")
    return "\n".join(lines)
