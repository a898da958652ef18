"""What if: the changes that somebody made to the network's pass, and what becomes of the answer, as plain values."""

import zlib
from typing import Any

from torch import Tensor

from demo.core.inference import Inference
from demo.errors import UserError
from demo.render.html import data_url
from demo.tabs.explore.what_if.no_effect import why_nothing
from model_zoo.explain.ablation import Found, margin
from model_zoo.graph import edits
from model_zoo.graph.residual import residual_blocks

SHOWN = 10  # classes whose answer is compared, where there are more
LISTED = 12  # channels in the list of those that matter most
KEPT = 6  # decimals of a probability, of 0..1: the page rounds them once more, to those that it shows


def text(changed: Inference) -> str:
    """The changes as the address holds them."""
    return edits.written(changed.edits)


def bar(changed: Inference) -> dict[str, Any]:
    """The value of the What-if bar.

    Returns:
        `model`; `key`: the same for the same network, picture and changes; `text`: the changes; `edits`: each as
        `piece` of that text and in `words`; `answers`: classes with probability and logit `before` and `now`, most
        probable before the change first; `lead`: of the answer without changes, by how many logits it is ahead of the
        next class `before` and `now`, or None where there is no other class; `others`: how many classes are not
        shown; `picture`: the network's input, changed, as a data: URL, `size`: its side in pixels; `blocks`: residual
        adds, `fork`, `branch` and `skip` of each; `refused`: sentences; `nothing`: sentences on why the answer is what
        it was, where changes have no effect.
    """
    return without_picture(changed) | {"picture": data_url(changed.model.picture(changed.x))}


def without_picture(changed: Inference) -> dict[str, Any]:
    """As `bar`, for a page that has the network's input already."""
    blocks = residual_blocks(changed.steps)
    return {
        "model": changed.model.name,
        "key": key(changed),
        "text": text(changed),
        "edits": [{"piece": edits.written([edit]), "words": edits.words(edit)} for edit in changed.edits],
        "answers": (rows := _answers(changed))[:SHOWN],
        "lead": _lead(changed),
        "others": max(0, len(rows) - SHOWN),
        "size": changed.model.size,
        "blocks": [vars(block) for block in blocks.values()],
        "refused": list(changed.refused),
        "nothing": why_nothing(changed),
    }


def key(changed: Inference) -> str:
    """The same for the same network, picture and changes."""
    return f"{changed.model.name} {zlib.crc32(changed.x.numpy().tobytes()):08x} {text(changed)}"


def _answers(changed: Inference) -> list[dict[str, Any]]:
    before, logits_before = _probabilities(changed.original_logits)
    now, logits_now = _probabilities(changed.logits)
    classes = zip(changed.model.classes, before, now, logits_before, logits_now, strict=True)
    rows = [
        {
            "label": label,
            "before": round(b, KEPT),
            "now": round(n, KEPT),
            "logit_before": round(lb, KEPT),
            "logit_now": round(ln, KEPT),
        }
        for label, b, n, lb, ln in sorted(classes, key=lambda row: -row[1])
    ]
    if len(rows) > SHOWN and (winner := max(rows, key=lambda row: row["now"])) not in rows[:SHOWN]:
        rows.remove(winner)
        rows.insert(SHOWN - 1, winner)
    return rows


def _lead(changed: Inference) -> dict[str, float] | None:
    label = int(changed.original_logits.argmax())
    before, now = margin(changed.original_logits, label), margin(changed.logits, label)
    return None if before is None or now is None else {"before": round(before, KEPT), "now": round(now, KEPT)}


def _probabilities(logits: Tensor) -> tuple[list[float], list[float]]:
    exact = logits.double()
    return exact.softmax(0).tolist(), exact.tolist()


def changed_text(data: dict[str, Any], black: tuple[float, ...]) -> str:
    """The changes that a browser asks for.

    Args:
        data: {"text": all changes}, or {"text": those so far, "add": one more}.
        black: as for `edits.parse`.

    Raises:
        UserError: it is not of that form, or there are too many.
    """
    asked, more = data.get("text"), data.get("add", "")
    if not isinstance(asked, str) or not isinstance(more, str):
        raise UserError("The page sent a change that cannot be understood. Please reload it.")
    found, added = edits.parse(asked, black), edits.parse(more, black)
    if more and len(added) != 1:
        raise UserError(f"That is no change that can be made. Numbers go from −{edits.LARGEST:,.0f} to 10,000.")
    for edit in added:
        found = edits.joined(found, edit)
    if len(found) > edits.MOST:
        raise UserError(f"At most {edits.MOST} changes at once. Remove one first.")
    return edits.written(found)


def importance_of(changed: Inference, step: str, label: Any) -> tuple[list[str], int]:
    """Whose channels to try, and for which class.

    Args:
        changed: the pass.
        step: name of a step; "" for all convolutions.
        label: name of a class; "" for the most probable one.

    Raises:
        UserError: no such step or class, or no convolution.
    """
    steps = [s for s in changed.steps if (s.name == step if step else s.operation == "convolution")]
    if not steps or len(steps[0].shape) < 2:
        raise UserError(f"{changed.model.title} has no such step with channels.")
    if label and label not in changed.model.classes:
        raise UserError(f"{changed.model.title} has no class of that name.")
    best = int(changed.logits.argmax())
    return [s.name for s in steps], changed.model.classes.index(label) if label else best


def listed(changed: Inference, found: Found, label: int, step: str) -> dict[str, Any]:
    """The value of the list of the channels that matter most, so far.

    Returns:
        `key` as for the bar; `label`; `where`: whose channels; of one step `step`, and `order`: its channels tried so
        far, the one that matters most first; `done`, `total`; `before`: the probability; `rows`:
        `step`, `channel`, `now`: the probability without it, `odds`: the factor by which p / (1 - p) changes.
    """
    return {
        "key": key(changed),
        "model": changed.model.name,
        "label": changed.model.classes[label],
        "where": step or "all convolutions",
        "step": step,
        "order": [effect.channel for effect in found.effects] if step else [],
        "done": found.done,
        "total": found.total,
        "before": found.probability,
        "rows": [
            {"step": effect.step, "channel": effect.channel, "now": effect.probability, "odds": effect.odds}
            for effect in found.effects[:LISTED]
            if effect.odds
        ],
    }
