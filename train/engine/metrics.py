"""How good a network is on pictures it was not trained on."""

import math
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics.functional.classification import (
    binary_average_precision,
    binary_calibration_error,
    binary_precision_recall_curve,
    multiclass_auroc,
    multiclass_average_precision,
    multiclass_calibration_error,
    multiclass_confusion_matrix,
)
from tqdm import tqdm

from model_zoo import Model
from model_zoo.aerial.threshold import threshold as told_threshold
from train.data.cifar10 import CIFAR10_CLASSES, Images, normalise

BINS = 15  # of the calibration error, as in Guo et al. 2017


@torch.inference_mode()
def logits(
    net: nn.Module,
    images: Images,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    batch: int = 0,
    views: int = 1,
    label: str = "",
) -> Tensor:
    """The network's outputs for all pictures, float32 (N, classes) on the CPU.

    Args:
        batch: pictures at once; 0 for as many as are quick and need little memory.
        views: 1 for the picture as it is; 6 for the weighted mean over it and its mirror image, each also moved by a
            pixel to the upper left and to the lower right (test-time augmentation as in airbench94); 8 for the mean
            over it and its mirror image, each turned by 0, 90, 180 and 270 degrees.
        label: of a bar that shows how far it is, in a terminal; "" for none.
    """
    net.eval()
    on = next((weights.device for weights in net.parameters()), images.pictures.device)
    batch = batch or (500 if images.pictures.shape[-1] <= 64 else 64)
    seen = {1: net, 6: lambda x: _six_views(net, x), 8: lambda x: _eight_views(net, x)}[views]
    parts = []
    with tqdm(total=len(images), desc=label, unit=" pictures", disable=None if label else True) as bar:
        for at in range(0, len(images), batch):
            parts.append(seen(normalise(images.pictures[at : at + batch].to(on), mean, std)).float().cpu())
            bar.update(len(parts[-1]))
    return torch.cat(parts)


def _six_views(net: nn.Module, x: Tensor) -> Tensor:
    height, width = x.shape[2:]
    padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
    moved = (padded[:, :, :height, :width], padded[:, :, 2:, 2:])
    answers = [(net(view) + net(view.flip(3))) / 2 for view in (x, *moved)]
    return answers[0] / 2 + (answers[1] + answers[2]) / 4


def _eight_views(net: nn.Module, x: Tensor) -> Tensor:
    turned = (x.rot90(quarters, (2, 3)) for quarters in range(4))
    return reduce(torch.add, (net(view) + net(view.flip(3)) for view in turned)) / 8


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


def roc_auc(outputs: Tensor, labels: Tensor) -> float:
    """The mean over classes of one against the rest, of two classes that of the second; NaN where one is missing.

    Pictures whose class is not known (-1) are left out.
    """
    known = labels >= 0
    outputs, labels = outputs[known], labels[known]
    if len(labels.unique()) < outputs.shape[1]:
        return math.nan
    return multiclass_auroc(outputs.double().softmax(1), labels, num_classes=outputs.shape[1]).item()


def best_threshold(outputs: Tensor, labels: Tensor) -> float:
    """The probability of the second of two classes from which on deciding for it has the highest F1.

    F1 is the harmonic mean of precision (how many of the found ones are right) and recall (how many of them are found).
    Balanced accuracy (Youden's J) would accept, where plants cover little ground, several false finds for a right one,
    and a survey would count several times the ground that is covered. The threshold lies midway between the two
    probabilities that it parts, rounded to six decimals, or to as many more as it takes to stay between them.
    """
    precision, recall, thresholds = binary_precision_recall_curve(outputs.double().softmax(1)[:, 1], labels)
    f1 = 2 * precision * recall / (precision + recall).clamp(min=1e-12)
    best = int(f1[:-1].argmax())  # the last point has no threshold: nothing is found
    below, first = float(thresholds[best - 1]) if best else 0.0, float(thresholds[best])  # they rise
    rounded = (round((below + first) / 2, digits) for digits in range(6, 18))
    return next((value for value in rounded if below < value <= first), first)


def photo_metrics(outputs: Tensor, labels: Tensor, classes: tuple[str, ...], threshold: float) -> dict[str, Any]:
    """As `metrics`, and average precision; of two classes, the second one is decided for from `threshold` on."""
    found = metrics(outputs, labels, classes)
    probabilities = outputs.double().softmax(1)
    auc = {"roc_auc": roc_auc(outputs, labels)}
    if len(classes) > 2:
        return auc | {
            "average_precision": multiclass_average_precision(probabilities, labels, num_classes=len(classes)).item(),
            **{name: value for name, value in found.items() if name != "roc_auc"},
        }
    decided = (probabilities[:, 1] >= threshold).long()
    confusion = multiclass_confusion_matrix(decided, labels, num_classes=2)
    shares = (confusion.diag() / confusion.sum(1).clamp(min=1)).tolist()
    return auc | {
        "average_precision": binary_average_precision(probabilities[:, 1], labels).item(),
        "accuracy": (decided == labels).double().mean().item(),
        "threshold": threshold,
        "calibration_error": binary_calibration_error(probabilities[:, 1].contiguous(), labels, n_bins=BINS).item(),
        "loss": found["loss"],
        "pictures": len(labels),
        "accuracy_per_class": {label: round(share, 4) for label, share in zip(classes, shares, strict=True)},
        "confusion_matrix": confusion.tolist(),
    }


def of_entry(model: Model, images: Images, views: int = 1) -> dict[str, Any]:
    """The metrics of an entry on labelled pictures, as its card has them; photos are decided for by its threshold."""
    values = model.card["preprocessing"]
    outputs = logits(model.net, images, values["mean"], values["std"], views=views, label="evaluating")
    if model.classes == CIFAR10_CLASSES:
        return metrics(outputs, images.labels, model.classes)
    told = told_threshold(model)
    return photo_metrics(outputs, images.labels, model.classes, 0.5 if told is None else told)


def report(result: dict[str, Any], split: str = "test") -> str:
    """The metrics as text for a terminal, classes beside the matrix."""
    names = list(result["accuracy_per_class"])
    width = max(map(len, names))
    accuracy, auc = f"accuracy {result['accuracy']:.2%}", f"ROC AUC {result['roc_auc']:.4f}"
    if "average_precision" in result:  # of photos
        at = f" at a threshold of {result['threshold']:.3f}" if "threshold" in result else ""
        first, last = f"{auc}, average precision {result['average_precision']:.4f}", f"{accuracy}{at}"
    else:
        first, last = accuracy, auc
    lines = [
        f"{first} on {result['pictures']:,} {split} pictures, {last}, loss {result['loss']:.4f}, calibration error "
        f"{result['calibration_error']:.2%}",
        "",
        "accuracy per class, then how often (columns, in the same order) each was predicted",
    ]
    for name, row in zip(names, result["confusion_matrix"], strict=True):
        counts = " ".join(f"{count:>5}" for count in row)
        lines.append(f"{name:<{width}}  {result['accuracy_per_class'][name]:7.2%}  {counts}")
    return "\n".join(lines)
