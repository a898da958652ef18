"""Does it know pictures like this? What stands of an answer's judgement in the Answer tab, as HTML."""

import math
from html import escape

import torch
from torch import Tensor

from demo.core.inference import Inference
from demo.core.trust_report import ALTERED, FAR, NEAR, TrustReport, fitted_to, trust_report
from demo.render.html import term
from demo.render.svg_chart import Axis, Band, Frame, Line, chart, sample
from model_zoo.trust.calibration import BINS
from model_zoo.trust.judgement import Judge, Judgement, too_few

UNKNOWN = (
    "It is unknown whether it knows pictures like this: nothing has been fitted to this network that could tell. "
    "However sure an answer looks, it may be about something that the network has never met."
)
CHANGED = "What follows is about the real network, without your changes."
FRAME = Frame(width=440, height=126, left=10, right=10, top=8, bottom=26)
BARS = 32
NAMED = 5  # kinds of strange pictures whose misses are told here; the Trust tab has all


def knows(made: Inference) -> str:
    """The judgement of an answer: typicality with its histogram, prediction set, and what calibration says."""
    judgement = made.judgement
    parts = ["<h3>Does it know pictures like this?</h3>"]
    if made.edits:
        parts.append(f'<p class="quiet">{CHANGED}</p>')
    judge = made.model.trust
    if judge is None or judgement.typicality is None:
        parts.append(f'<p class="lead">{UNKNOWN}</p>')
    else:
        found = trust_report(made.model)
        parts += [
            typical(judge, judgement),
            _drawn(judge, judgement),
            _alarms(judgement),
            _errors(made, judgement, found),
            _set(judgement, len(made.model.classes)),
            _calibrated(made, judge, judgement, found),
        ]
    return f'<section class="knows">{"".join(parts)}</section>'


def of_known(typicality: float) -> str:
    """A share of known pictures as a count: "3 of 100"."""
    if typicality >= 0.01:
        return f"{100 * typicality:.0f} of 100"
    thousandth = round(1000 * typicality)
    return f"{thousandth} of 1,000" if thousandth else "fewer than 1 of 1,000"


def typical(judge: Judge, judgement: Judgement) -> str:
    """Whether the picture is like known ones, just within, just outside or far from them, with the numbers."""
    known = (
        f"{of_known(judgement.typicality or 0)} known pictures look at least as {term('typicality', 'strange')} to it"
    )
    if judgement.is_unfamiliar is None:
        return f'<p class="lead"><strong>Unknown:</strong> {known}. {too_few(judge, judgement.false_alarms)}</p>'
    if judgement.is_borderline:
        side = "outside" if judgement.is_unfamiliar else "within"
        line = f"the line beyond which a picture is called strange is at {of_known(judgement.false_alarms)}"
        little = " What it answers says little about such a picture." if judgement.is_unfamiliar else ""
        return f'<p class="lead"><strong>Just {side} what it knows:</strong> {known}; {line}.{little}</p>'
    if judgement.is_unfamiliar and _less_strange(judge, judgement) >= len(judge.held):
        known = f"none of {len(judge.held):,} known pictures looks as strange to it"
        return f'<p class="lead"><strong>No:</strong> {known}. What it answers says little about such a picture.</p>'
    if judgement.is_unfamiliar:
        return f'<p class="lead"><strong>No:</strong> {known}. What it answers says little about such a picture.</p>'
    return f'<p class="lead"><strong>Yes, it looks like what it knows:</strong> {known}.</p>'


# ------------------------------------------------------------------------------------------------------- histogram


def _drawn(judge: Judge, judgement: Judgement) -> str:
    """How strange known pictures look, and where this one stands among them."""
    held, line = judge.held, limit(judge.held, judgement.false_alarms)
    below = _less_strange(judge, judgement)
    low, high = float(held[0]), max(float(held.quantile(0.995)), min(line, float(held[-1])))
    high = high if high > low else low + 1
    counts = torch.histc(held.clamp(low, high), BARS, low, high)
    top = float(counts.max())
    place = high if below >= len(held) else min(float(held[below]), high)
    side = "beyond" if judgement.is_unfamiliar else "before"
    spoken = (
        f"Histogram of how strange {len(held):,} known pictures look; this picture lies {side} the line from which on "
        "one is called strange"
    )
    marks: list[Band | Line] = [
        Band([(low, 0), (high, 0)], _steps(counts, low, high), css="bars-of-known"),
        Line([(place, 0), (place, top)], css="line here"),
    ]
    if line <= high:
        marks.append(Line([(line, 0), (line, top)], css="line dashed"))
    x = Axis(low, high, [], "stranger to the network \N{RIGHTWARDS ARROW}")
    beyond = ", stranger than all of them" if below >= len(held) else ""
    caption = (
        f'<span class="key">{sample("var(--color-accent)")} this picture{beyond}</span> '
        + (f'<span class="key">{sample(dashed=True)} from here on called strange</span> ' if line <= high else "")
        + f'<span class="key">grey: {len(held):,} known pictures that taught it nothing</span>'
    )
    svg = chart(FRAME, x, Axis(0, top, [(0, "")]), marks, spoken)
    return f'<figure class="curves">{svg}<figcaption>{caption}</figcaption></figure>'


def _alarms(judgement: Judgement) -> str:
    """Where the line is drawn, to be set; `false_alarms.js` tells of a change."""
    return (
        '<label class="alarms">False alarms <input type="number" min="0.001" max="0.999" step="0.01" '
        f'value="{judgement.false_alarms:g}" data-false-alarms></label> <span class="quiet">the share of known '
        "pictures that may be called strange, between 0 and 1</span>"
    )


def _less_strange(judge: Judge, judgement: Judgement) -> int:
    """How many known pictures are less strange: its strangeness need not be worked out once more."""
    return round((len(judge.held) + 1) * (1 - (judgement.typicality or 0)))


def limit(held: Tensor, false_alarms: float) -> float:
    """The strangeness above which a picture is called unfamiliar; infinite where none can be."""
    rank = math.ceil((len(held) + 1) * (1 - false_alarms) - 1e-9)
    return float(held[rank - 1]) if 0 < rank <= len(held) else math.inf


def _steps(counts: Tensor, low: float, high: float) -> list[tuple[float, float]]:
    width = (high - low) / len(counts)
    return [(low + width * (number + side), count) for number, count in enumerate(counts.tolist()) for side in (0, 1)]


# ----------------------------------------------------------------------------------------------------------- words


def _errors(made: Inference, judgement: Judgement, found: TrustReport | None) -> str:
    if found is None:
        return (
            f'<p class="quiet">The line is drawn so that {100 * judgement.false_alarms:.3g} % of known pictures are '
            f"called strange as well. It was fitted to {escape(fitted_to(made.model))} and not measured on a test "
            "split: how many strange ones it misses is unknown.</p>"
        )
    kinds = [*found.of_group(NEAR), *found.of_group(FAR), *found.of_group(ALTERED)][:NAMED]
    missed = ", ".join(f"{escape(kind.name)} {1 - kind.caught:.0%}" for kind in kinds)
    misses = f" Of strange pictures it missed: {missed}." if missed else ""
    if found.left_out:  # the mean, as each was measured on as many
        share = sum(1 - one.caught for one in found.left_out) / len(found.left_out)
        misses += (
            f" Of things of the same kind as those that it knows: networks like it missed {share:.0%} of the classes "
            "that they were trained without."
        )
    return (
        f'<p class="quiet">It errs: in the test, with the line at {100 * found.wanted_alarms:.3g} % false alarms, it '
        f"called {found.false_alarms:.1%} of known pictures strange.{misses} The Trust tab has all of it.</p>"
    )


def _set(judgement: Judgement, classes: int) -> str:
    if not judgement.prediction_set:
        return ""
    if judgement.is_unfamiliar:
        return (
            f"<p>Which classes can be excluded at {judgement.coverage:.0%} is void here: it holds for pictures of the "
            "kind that it learned from, and this looks like another kind.</p>"
        )
    names = ", ".join(escape(label) for label in judgement.prediction_set)
    if len(judgement.prediction_set) == classes:
        excluded = term("prediction-set", "can be excluded")
        return f"<p>At {judgement.coverage:.0%} none of its classes {excluded}.</p>"
    return (
        f"<p>{term('prediction-set', 'Cannot be excluded')} at {judgement.coverage:.0%}: <strong>{names}</strong>.</p>"
    )


def _calibrated(made: Inference, judge: Judge, judgement: Judgement, found: TrustReport | None) -> str:
    """What the answer's probability is worth, on pictures of the kind that it was fitted to."""
    said = float(made.original_logits.double().softmax(0).max())
    worth = max(judgement.probabilities)
    if judgement.is_unfamiliar:
        return (
            '<p class="quiet">What its percentages are worth is known for pictures that it knows, not for this one.</p>'
        )
    measured = _right_in_test(found, worth)
    calibrated, logits, divisor = term("calibration", "Calibrated"), term("logit", "logits"), term("temperature")
    return (
        f'<p class="quiet">The network itself says {said:.1%}. {calibrated}, that is made to mean '
        f"how often it is right, by dividing its class scores ({logits}) by a {divisor} of "
        f"{judge.temperature:.2f}: {worth:.1%}{measured}.</p>"
    )


def _right_in_test(found: TrustReport | None, worth: float) -> str:
    bins = found.after.bins if found else ()
    number = max(1, math.ceil(worth * BINS))
    mine = next((b for b in bins if max(1, math.ceil(b.confidence * BINS)) == number), None)
    if mine is None:
        return ""
    return f": of {mine.pictures:,} test answers of about that confidence {mine.accuracy:.1%} were right"
