"""How good a network is on pictures it was not trained on."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics.functional.classification import (
    multiclass_auroc,
    multiclass_calibration_error,
    multiclass_confusion_matrix,
)

from train.data import Images, normalise

BINS = 15  # of the calibration error, as in Guo et al. 2017


@torch.inference_mode()
def logits(
    net: nn.Module,
    images: Images,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    batch: int = 500,
    views: int = 1,
) -> Tensor:
    """The network's outputs for all pictures, float32 (N, classes) on the CPU.

    Args:
        views: 1 for the picture as it is; 6 for the weighted mean over it and its mirror image, each also moved by a
            pixel to the upper left and to the lower right (test-time augmentation as in airbench94).
    """
    net.eval()
    seen = net if views == 1 else lambda x: _six_views(net, x)
    parts = [
        seen(normalise(images.pictures[at : at + batch], mean, std)).float().cpu()
        for at in range(0, len(images), batch)
    ]
    return torch.cat(parts)


def _six_views(net: nn.Module, x: Tensor) -> Tensor:
    height, width = x.shape[2:]
    padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
    moved = (padded[:, :, :height, :width], padded[:, :, 2:, 2:])
    answers = [(net(view) + net(view.flip(3))) / 2 for view in (x, *moved)]
    return answers[0] / 2 + (answers[1] + answers[2]) / 4


def loss_and_accuracy(outputs: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the share of pictures whose largest logit is the right class."""
    labels = labels.cpu()
    return F.cross_entropy(outputs, labels).item(), (outputs.argmax(1) == labels).double().mean().item()


def metrics(outputs: Tensor, labels: Tensor, classes: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """Accuracy, loss, ROC AUC, calibration error, accuracy per class and the confusion matrix.

    The loss is the negative log-likelihood in nats. ROC AUC is the mean over classes of one against the rest. The
    calibration error is the mean gap between how sure the network is and how often it is right, over `BINS` bins. The
    accuracy per class is of the pictures of that class. The confusion matrix counts pictures: row = true class, column
    = predicted class.
    """
    loss, accuracy = loss_and_accuracy(outputs, labels)
    confusion = multiclass_confusion_matrix(outputs.argmax(1), labels.cpu(), num_classes=len(classes))
    probabilities = outputs.softmax(1)
    per_class = confusion.diag() / confusion.sum(1).clamp(min=1)
    return {
        "accuracy": accuracy,
        "loss": loss,
        "pictures": len(labels),
        "roc_auc": multiclass_auroc(probabilities, labels.cpu(), num_classes=len(classes)).item(),
        "calibration_error": multiclass_calibration_error(
            probabilities, labels.cpu(), num_classes=len(classes), n_bins=BINS
        ).item(),
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
        f"accuracy {result['accuracy']:.2%} on {result['pictures']:,} test pictures, loss {result['loss']:.4f}, "
        f"ROC AUC {result['roc_auc']:.4f}, calibration error {result['calibration_error']:.2%}",
        "",
        "accuracy per class, then how often (columns, in the same order) each was predicted",
    ]
    for name, row in zip(names, result["confusion_matrix"], strict=True):
        counts = " ".join(f"{count:>5}" for count in row)
        lines.append(f"{name:<{width}}  {result['accuracy_per_class'][name]:7.2%}  {counts}")
    return "\n".join(lines)
