"""What the bar and the Answer tab show of a pass: the answer, how sure the network is, and what it sees."""

import json
import zlib
from html import escape

from PIL import Image

from demo.core.inference import Inference, infer, ranked
from demo.core.networks import given, network
from demo.core.view import View
from demo.pictures.decode import given_size
from demo.render.html import bars, data_url, jpeg_url, term
from demo.tabs.predict.headline import AGREE, Headline, headline, wavering
from demo.tabs.predict.steadiness import COPIES, agreeing
from model_zoo import Model
from model_zoo.aerial.survey import is_whole_photo, told_window
from model_zoo.aerial.threshold import decision

FEW = 20  # classes that all have a bar; of more the best do, and the others can be searched
BEST, LEADING_GROUPS = 5, 4
THUMBNAIL = 320  # pixels of the longer side of the upload as shown beside what the network sees


def predict(model: str, picture: Image.Image | None) -> dict[str, float]:
    """Probability of every class for a picture.

    Args:
        model: name of a network, one that the page's list offers.
        picture: an RGB picture of any size; the network sees its largest centred square.

    Returns:
        Class name -> probability; they sum to 1.

    Raises:
        UserError: no such model, or no picture; the message is for the user.
    """
    return dict(network(model).predict(given(picture)))


def answer(made: Inference, instead: Headline | None = None) -> str:
    """The answer in words, as HTML; one with changes is marked as such, one that is called sure has `data-sure`: which
    network and picture it is about, so that the same words about another one are news.

    Args:
        made: the pass.
        instead: of the words that its judgement gives.
    """
    mark = _mark(*ranked(made.model, made.original_logits)[0]) if made.edits else ""
    words = instead or headline(made)
    named = " and ".join(
        f'<strong>{escape(label)}</strong> <span class="number{" quiet" if words.is_void else ""}">{share:.1%}</span>'
        for label, share in made.ranking[: 2 if words.is_torn else 1]
    ) + (
        f' <span class="worth">{term("calibration", "calibrated")} {max(made.judgement.probabilities):.1%}</span>'
        if words.is_calibrated
        else ""
    )
    return (
        f'<p class="verdict"{_about(made) if words.is_sure else ""}><span class="how-sure">'
        f'<span class="wide">{words.words}</span><span class="narrow">{words.short}</span></span> '
        f'<span class="what">{named}</span></p>{mark}'
    )


def _about(made: Inference) -> str:
    return f' data-sure="{escape(made.model.name)} {zlib.crc32(made.prepared.numpy().data):08x}"'


def steadied(view: View, picture: Image.Image) -> str | None:
    """The answer in words after slightly changed copies were asked; None where they agree with what is called sure.

    Raises:
        UserError: no such model.
    """
    made = infer(view, picture)
    if not headline(made).is_sure:
        return None
    count = agreeing(made)
    return None if count >= AGREE * COPIES else answer(made, wavering(count, COPIES))


def probabilities(made: Inference) -> str:
    """What stands below the answer, bars for all classes and the time taken, as HTML."""
    model, ranking = made.model, made.ranking
    second, other = ranking[1]
    return (
        f'<section class="answer"><p class="next">Next: {escape(second)}, {other:.1%}. Sure does '
        f"not mean right: it must name one of its {len(ranking):,} classes, whatever the picture shows."
        f"{'' if _is_whole(made) else _decided(model, dict(ranking))}</p>"
        f"{_shares(model, ranking)}"
        f'<p class="quiet">{1000 * made.seconds:.0f} ms on the server for preparing the picture and running '
        f"{escape(model.title)}.</p></section>"
    )


def _shares(model: Model, ranking: list[tuple[str, float]]) -> str:
    """The probabilities: of few classes all; of many the best, those of their groups, and a search among all."""
    if len(ranking) <= FEW:
        return bars("Probability of each class, bars from 0 to 100 %", dict(ranking))
    others = sum(share for _, share in ranking[BEST:])
    rest = [[label, float(f"{share:.3g}")] for label, share in ranking]
    return (
        f"{bars(f'Its {BEST} best classes, bars from 0 to 100 %', dict(ranking[:BEST]))}"
        f'<p class="quiet">Its other {len(ranking) - BEST:,} classes have {others:.1%} together.</p>'
        f"{_of_groups(model, dict(ranking))}"
        f'<details class="all-classes" data-all="{escape(json.dumps(rest))}"><summary>Search all {len(ranking):,} '
        'classes</summary><input type="search" placeholder="A class, such as lion" aria-label="Find a class by name">'
        '<div class="found" aria-live="polite"></div></details>'
    )


def _of_groups(model: Model, shares: dict[str, float]) -> str:
    """The probabilities of groups of classes, where the card names them: how sure it is of the kind of thing."""
    if not model.groups:
        return ""
    together = dict.fromkeys(model.groups, 0.0)
    for label, group in zip(model.classes, model.groups, strict=True):
        together[group] += shares[label]
    first = sorted(together.items(), key=lambda pair: -pair[1])[:LEADING_GROUPS]
    return bars("Added up by kind of thing", dict(first))


def _whole_photo(made: Inference) -> str:
    """That a picture shows far more ground than the network learned to look at, and the way to its survey."""
    if not _is_whole(made):
        return ""
    (width, height), window = given_size(made.picture), told_window(made.model)
    return (
        f'<p class="trouble whole-photo"><strong>One answer for a whole photo means little here.</strong> This one has '
        f"{width:,} × {height:,} pixels; {escape(made.model.title)} learned from squares of {window:,}, and what "
        "covers only parts of the photo is lost when it is shrunk. "
        '<button type="button" data-survey>Survey this photo, square by square</button></p>'
    )


def _is_whole(made: Inference) -> bool:
    return is_whole_photo(made.model, *given_size(made.picture))


def _decided(model: Model, shares: dict[str, float]) -> str:
    """What the answer comes to at the network's own threshold, where it has one."""
    label, threshold = decision(model)
    if label is None or threshold is None:
        return ""
    there = "is there" if shares[label] >= threshold else "is not there"
    return (
        f" Its threshold for {escape(label)} is {threshold:.1%}, chosen on photos that it was not trained on; with "
        f"{shares[label]:.1%}, <strong>{escape(label)} {there}</strong>."
    )


def _mark(label: str, probability: float) -> str:
    return (
        '<p class="edited-mark" title="It answers so with the changes made under \u201cWhat if\u201d in Explore."> '
        f"<strong>Not the network\u2019s real answer.</strong> Without them: {escape(label)}, {probability:.1%}.</p>"
    )


def seen(made: Inference) -> str:
    """The upload with the part that the network sees, and that part in the network's own pixels, as HTML."""
    pixels = made.model.picture(made.x)
    small, upload = _thumbnail(made.picture)
    side = min(small.size)
    # In percent, so that the outline stays right at whatever size the browser shows the picture.
    box = (
        f"left:{50 * (small.width - side) / small.width:.3f}%;top:{50 * (small.height - side) / small.height:.3f}%;"
        f"width:{100 * side / small.width:.3f}%;height:{100 * side / small.height:.3f}%"
    )
    size = made.model.size
    return (
        f'{_whole_photo(made)}<section class="seen"><figure>'
        f'<div class="upload" style="--ratio:{small.width / small.height:.4f}">'
        f'<img src="{upload}" alt="Your picture"><span class="crop" style="{box}"></span></div>'
        "<figcaption>Your picture; the outline is the square that the network gets.</figcaption></figure>"
        f'<figure><img class="pixels" src="{data_url(pixels)}" alt="The same square in '
        f'{size} by {size} pixels"><figcaption>What the network sees: {size} × {size} pixels, enlarged '
        f'without smoothing. <span class="square number"></span></figcaption></figure></section>'
    )


def _thumbnail(picture: Image.Image) -> tuple[Image.Image, str]:
    """The picture at `THUMBNAIL` pixels or a little less, and its URL; a tiny one is enlarged without smoothing."""
    times = THUMBNAIL // max(picture.size)
    if times >= 2:
        small = picture.resize((times * picture.width, times * picture.height), Image.Resampling.NEAREST)
        return small, data_url(small)
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small, jpeg_url(small, quality=80)
