"""Why a change left the answer as it was: where on the way from it to the logits the difference is lost."""

import torch
from torch import Tensor

from demo.core.inference import MIXING, Inference
from demo.render.html import number
from model_zoo import Step
from model_zoo.graph.edits import Scaled, Weight

SURE = 0.995  # a probability beyond it hardly moves, whatever becomes of the logits
FELT = 0.05  # change of a logit that is seen in the table
UNSEEN = 0.0005  # of a probability, 0..1: with one decimal the page shows a change below it as 0.0 points


def why_nothing(changed: Inference) -> list[str]:
    """A sentence on each change of no effect, where together they move no probability by 0.1 points; else none."""
    before, now = (logits.double().softmax(0) for logits in (changed.original_logits, changed.logits))
    if not changed.edits or float((before - now).abs().max()) >= UNSEEN:
        return []
    said = (_of_channel(changed, edit) for edit in changed.edits if isinstance(edit, Scaled | Weight))
    return [sentence for sentence in said if sentence]


def _of_channel(changed: Inference, edit: Scaled | Weight) -> str:
    """The sentence, or "" where the answer is only too sure to show it, of which the bar tells by its lead."""
    original = {step.name: step for step in changed.original}
    step = next(each for each in changed.steps if each.name == edit.step)
    channel = f"channel {edit.channel} of {edit.step}"
    was, values = original[edit.step].output[0, edit.channel], step.output[0, edit.channel]
    if torch.equal(was, values):
        if isinstance(edit, Weight):
            return f"The changed weight meets only zeros in this picture: {channel} keeps all its values."
        return f"{channel[0].upper()}{channel[1:]} is 0 everywhere for this picture already."
    alive, lost = {edit.step}, []
    for each in changed.steps:
        if not alive.intersection(each.inputs):
            continue
        if torch.equal(each.output, original[each.name].output):
            lost.append(each)
        else:
            alive.add(each.name)
    if changed.answer.name not in alive and lost:
        return " ".join(dict.fromkeys(_lost_in(each, edit, was, values, len(step.shape) == 4) for each in lost))
    sure = float(changed.original_logits.double().softmax(0).max())
    moved = float((changed.logits - changed.original_logits).abs().max())
    if sure > SURE and moved >= FELT:
        return ""
    return (
        f"The change of {channel} reaches the logits, but moves none of them by more than {number(moved)}: too little "
        "to be seen in the probabilities."
    )


def _lost_in(step: Step, edit: Scaled | Weight, was: Tensor, values: Tensor, is_map: bool) -> str:
    """Why a step gives the same with and without the change: from the values of the channel before and after it."""
    what = "all of this channel's values" if is_map else "this value"
    if step.operation == "ReLU" and float(was.max()) <= 0 and float(values.max()) <= 0:
        highest = f"the highest is {number(float(was.max()))}" if is_map else f"it is {number(float(was.max()))}"
        return f"{step.name} (ReLU) sets {what} to 0 anyway ({highest}), so nothing after it can tell the difference."
    if step.operation == "max pool":
        return f"{step.name} (max pool) keeps the largest value of each window, and those have not changed."
    if step.operation in MIXING and step.module is not None:
        return f"The weights with which {step.name} reads {edit.step} ignore the change: its values are the same."
    return f"{step.name} ({step.operation}) gives the same values with and without the change of {edit.step}."
