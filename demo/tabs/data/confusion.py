"""Where a network is wrong: its confusion matrix, and the test pictures behind each cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import torch

from demo.core.networks import network
from demo.core.payloads import NO_CHOICE
from demo.errors import UserError
from demo.pictures import datasets
from demo.pictures.datasets import PictureSet
from demo.render.html import term
from demo.server.scheduler import scheduled
from model_zoo import Model
from model_zoo.aerial.threshold import threshold
from model_zoo.common.lru_cache import LRUCache
from model_zoo.model import logits

MOST = 2_000  # test pictures that the network is asked about
BATCH = 50
MOST_CLASSES = 40  # of a matrix that can be read


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of some test pictures; row i of every field is about the same one."""

    rows: np.ndarray  # int64 (N,): of the set's test part
    true: np.ndarray  # int64 (N,): class numbers
    decided: np.ndarray  # int64 (N,): class numbers, as `decide` gives them
    probabilities: np.ndarray  # float32 (N, classes), rows sum to 1

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Places in the fields of the pictures of a cell, the surest answer first: int64 (n,)."""
        here = np.flatnonzero((self.true == true) & (self.decided == predicted))
        return here[np.argsort(-self.probabilities[here, predicted], kind="stable")]


_KEPT: LRUCache[Answers] = LRUCache(4)


def matrix(model: Model) -> np.ndarray | None:
    """The confusion matrix of the entry's card, int64 (classes, classes): row true, column predicted; None if none."""
    test = model.card["metrics"].get("test")
    rows, count = (test.get("confusion_matrix") if isinstance(test, dict) else None), len(model.classes)
    if not isinstance(rows, list) or not len(rows) == count <= MOST_CLASSES:
        return None
    square = all(isinstance(row, list) and len(row) == count for row in rows)
    if not square or not all(type(value) is int and 0 <= value < 10**9 for row in rows for value in row):
        return None
    return np.array(rows, dtype=np.int64)


def decide(model: Model, probabilities: np.ndarray) -> np.ndarray:
    """The class that each row of probabilities (N, classes) counts as: int64 (N,).

    Of two classes with a threshold it is what the card's matrix was counted with; else the most probable one.
    """
    limit = threshold(model)
    if limit is None or len(model.classes) != 2:
        return probabilities.argmax(1)
    return (probabilities[:, 1] >= limit).astype(np.int64)


def board(name: str) -> str:
    """The confusion matrix of a network as HTML; its cells are buttons where the test pictures are at hand.

    Raises:
        UserError: no such network.
    """
    model = network(name)
    counts = matrix(model)
    heading = f"<h3>Where {escape(model.title)} is wrong</h3>"
    if counts is None:
        said = (
            f"The card of this network holds no {term('confusion-matrix')}: it was not tested, or has too many classes."
        )
        return f'<section class="holdings">{heading}<p class="quiet">{said}</p></section>'
    at_hand = bool(datasets.of_network(model))
    how = (
        "Choose a cell to see the pictures behind it, the surest answer first."
        if at_hand
        else "Where the test pictures are on this server, each cell shows the pictures behind it."
    )
    return (
        f'<section class="holdings">{heading}<p>{escape(_worst(model, counts))} {how}</p>'
        f'<p class="quiet">A {term("confusion-matrix")}. Row: the true class. Column: the answer. Numbers: '
        f"pictures, of {counts.sum():,} test pictures. The stronger the colour, the larger the share of the row "
        "that is mistaken for that class; right "
        'answers are outlined.</p><div class="scroll"><table class="confusion">'
        f"{_cells(model, counts, at_hand)}</table></div>"
        "</section>"
    )


def _worst(model: Model, counts: np.ndarray) -> str:
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return "No test picture is mistaken."
    true, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
    return (
        f"Its most frequent mistake: {wrong[true, predicted]:,} of the {counts[true].sum():,} test pictures of "
        f"{model.classes[true]} are taken for {model.classes[predicted]}."
    )


def _cells(model: Model, counts: np.ndarray, at_hand: bool) -> str:
    shares = counts / np.maximum(1, counts.sum(1, keepdims=True))
    wrong = shares - np.diag(np.diag(shares))
    top = wrong.max() or 1.0
    head = "".join(f'<th scope="col"><span>{escape(label)}</span></th>' for label in model.classes)
    rows = ""
    for true, label in enumerate(model.classes):
        cells = ""
        for predicted, answer in enumerate(model.classes):
            count, share = counts[true, predicted], shares[true, predicted]
            words = f"{count:,} of {label} answered {answer}, {share:.1%} of the row"
            inner = (
                f'<button type="button" data-true="{true}" data-predicted="{predicted}" aria-label="{escape(words)}" '
                f'tabindex="{-1 if true or predicted else 0}">{count:,}</button>'
                if at_hand
                else f"<span>{count:,}</span>"
            )
            kind = ' class="right"' if true == predicted else ""
            part = 45 * wrong[true, predicted] / top
            cells += f'<td{kind} style="--part:{part:.0f}%" title="{escape(words)}">{inner}</td>'
        rows += f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>'
    return f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody>"


# ----------------------------------------------------------------------------------------------- the pictures behind


@scheduled
def answers(model: Model, found: PictureSet) -> Iterator[int | Answers]:
    """Ask the network about test pictures, at most `MOST`; worked out once and kept.

    Yields:
        Now and then how many it has been asked about, and in the end the `Answers`.

    Raises:
        UserError: the set has other classes, or no test picture can be opened.
    """
    key = id(model), id(found)
    if (known_before := _KEPT.find(key)) is not None:
        yield known_before
        return
    if found.classes != model.classes:
        raise UserError(f"The classes of {found.title} are not those of {model.title}.")
    part = found.parts["test"]
    known = np.flatnonzero(part.labels >= 0)
    # CIFAR-10 comes in no order, other sets by class or place.
    known = known if found.layout == "cifar10" else np.random.default_rng(0).permutation(known)
    kept, values = [], []
    for first in range(0, min(MOST, len(known)), BATCH):
        inputs = []
        for row in known[first : min(MOST, first + BATCH)].tolist():
            try:
                inputs.append(model.prepare(datasets.picture(found, "test", row)))
                kept.append(row)
            except UserError:  # the Data tab says elsewhere which ones are damaged
                continue
        if inputs:
            with torch.inference_mode():
                values.append(logits(model.net, torch.cat(inputs)).double().softmax(dim=1).float().numpy())
        yield first + BATCH
    if not values:
        raise UserError(f"No test picture of {found.title} can be opened.")
    rows = np.array(kept, dtype=np.int64)
    shares = np.concatenate(values)
    result = Answers(rows, part.labels[rows], decide(model, shares), shares)
    _KEPT.keep(key, result, (model, found))
    yield result


def chosen(data: Any, classes: int) -> tuple[int, int]:
    """True and predicted class out of what a browser sent.

    Raises:
        UserError: not two class numbers.
    """
    given = data if isinstance(data, dict) else {}
    true, predicted = _class_number(given.get("true")), _class_number(given.get("predicted"))
    if max(true, predicted) >= classes:
        raise UserError("There is no such class. Please reload the page.")
    return true, predicted


def _class_number(value: Any) -> int:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) < 4):
        raise UserError(NO_CHOICE)
    return int(value)
