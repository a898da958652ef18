"""How good a network is on pictures it was not trained on."""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import torch
from sklearn.metrics import average_precision_score, confusion_matrix, precision_recall_curve, roc_auc_score
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from model_zoo import Model
from model_zoo.aerial.threshold import threshold as told_threshold
from model_zoo.trust import calibration
from train.data.cifar10 import Images, normalise
from train.entry.card import is_cifar10


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
    calibration error is the mean gap between how sure the network is and how often it is right, over
    `calibration.BINS` bins. The accuracy per class is of the pictures of that class. The confusion matrix counts
    pictures: row = true class, column = predicted class.
    """
    labels = labels.cpu()
    return _of_answers(outputs, labels, classes, _over_classes(roc_auc_score, outputs.double().softmax(1), labels))


def _of_answers(outputs: Tensor, labels: Tensor, classes: Sequence[str], auc: float) -> dict[str, Any]:
    """The same with a ROC AUC that was worked out already."""
    loss, accuracy = loss_and_accuracy(outputs, labels)
    confusion = _confusion(outputs.argmax(1), labels, len(classes))
    probabilities = outputs.double().softmax(1)
    return {
        "accuracy": accuracy,
        "loss": loss,
        "pictures": len(labels),
        "roc_auc": auc,
        "calibration_error": calibration.calibration_error(calibration.bins(probabilities, labels)),
        "accuracy_per_class": _right(confusion, classes),
        "confusion_matrix": confusion.tolist(),
    }


def _confusion(decided: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Pictures by true class (row) and decided one (column): int64 (classes, classes)."""
    return torch.from_numpy(confusion_matrix(labels, decided, labels=range(classes)))


def _right(confusion: Tensor, classes: Sequence[str]) -> dict[str, float]:
    """The share of each class's pictures that is decided rightly, 0 where there is none."""
    shares = confusion.diag() / confusion.sum(1).clamp(min=1)
    return {label: round(share, 4) for label, share in zip(classes, shares.tolist(), strict=True)}


def _over_classes(score: Callable[..., float], probabilities: Tensor, labels: Tensor) -> float:
    """The mean over classes of one against the rest, of those with pictures in both; NaN where there is none.

    Args:
        score: of scikit-learn, from whether each picture is of the class, and its probability.
    """
    of_class = [labels == number for number in range(probabilities.shape[1])]
    found = [
        float(score(one, probabilities[:, number]))
        for number, one in enumerate(of_class)
        if one.any() and not one.all()
    ]
    return sum(found) / len(found) if found else math.nan


def roc_auc(outputs: Tensor, labels: Tensor) -> float:
    """The mean over classes of one against the rest, of two classes that of the second; NaN where one is missing.

    Pictures whose class is not known (-1) are left out.
    """
    known = labels >= 0
    outputs, labels = outputs[known], labels[known]
    if len(labels.unique()) < outputs.shape[1]:
        return math.nan
    return _over_classes(roc_auc_score, outputs.double().softmax(1), labels)


def best_threshold(outputs: Tensor, labels: Tensor) -> float:
    """The probability of the second of two classes from which on deciding for it has the highest F1.

    F1 is the harmonic mean of precision (how many of the found ones are right) and recall (how many of them are found).
    Balanced accuracy (Youden's J) would accept, where plants cover little ground, several false finds for a right one,
    and a survey would count several times the ground that is covered. The threshold lies midway between the two
    probabilities that it parts, rounded to six decimals, or to as many more as it takes to stay between them.
    """
    precision, recall, thresholds = precision_recall_curve(labels, outputs.double().softmax(1)[:, 1])
    f1 = 2 * precision * recall / (precision + recall).clip(min=1e-12)
    best = int(f1[:-1].argmax())  # the last point has no threshold: nothing is found
    below, first = float(thresholds[best - 1]) if best else 0.0, float(thresholds[best])  # they rise
    rounded = (round((below + first) / 2, digits) for digits in range(6, 18))
    return next((value for value in rounded if below < value <= first), first)


def photo_metrics(outputs: Tensor, labels: Tensor, classes: tuple[str, ...], threshold: float) -> dict[str, Any]:
    """As `metrics`, and average precision; of two classes, the second one is decided for from `threshold` on."""
    labels, probabilities = labels.cpu(), outputs.double().softmax(1)
    auc = {"roc_auc": roc_auc(outputs, labels)}
    if len(classes) > 2:
        precision = {"average_precision": _over_classes(average_precision_score, probabilities, labels)}
        return auc | precision | _of_answers(outputs, labels, classes, auc["roc_auc"])
    decided = (probabilities[:, 1] >= threshold).long()
    confusion = _confusion(decided, labels, 2)
    reliability = calibration.bins_of(probabilities[:, 1], labels == 1)
    return auc | {
        "average_precision": float(average_precision_score(labels, probabilities[:, 1])),
        "accuracy": (decided == labels).double().mean().item(),
        "threshold": threshold,
        "calibration_error": calibration.calibration_error(reliability),
        "loss": F.cross_entropy(outputs, labels).item(),
        "pictures": len(labels),
        "accuracy_per_class": _right(confusion, classes),
        "confusion_matrix": confusion.tolist(),
    }


def of_entry(model: Model, images: Images, views: int = 1) -> dict[str, Any]:
    """The metrics of an entry on labelled pictures, as its card has them; photos are decided for by its threshold."""
    values = model.card["preprocessing"]
    outputs = logits(model.net, images, values["mean"], values["std"], views=views, label="evaluating")
    if is_cifar10(model.card):
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
