"""What the bar and the Answer tab show of a pass: the answer, how sure the network is, and what it sees."""

from html import escape

from PIL import Image

from demo.core.inference import Inference, ranked
from demo.core.networks import given, network
from demo.render.html import bars, data_url, jpeg_url
from model_zoo import Model
from model_zoo.aerial.threshold import decision

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


def answer(made: Inference) -> str:
    """The answer in words, as HTML; one with changes is marked as such."""
    mark = _mark(*ranked(made.model, made.original_logits)[0]) if made.edits else ""
    first, sure = made.ranking[0]
    return (
        f'<p class="verdict"><span class="how-sure">{_verdict(sure)}</span> <span class="what"><strong>{escape(first)}'
        f'</strong> <span class="number">{sure:.1%}</span></span></p>{mark}'
    )


def probabilities(made: Inference) -> str:
    """What stands below the answer, bars for all classes and the time taken, as HTML."""
    model, ranking = made.model, made.ranking
    second, other = ranking[1]
    return (
        f'<section class="answer"><p class="next">Next: {escape(second)}, {other:.1%}. Sure does not mean right: '
        f"it must name one of its {len(ranking)} classes, whatever the picture shows."
        f"{_decided(model, dict(ranking))}</p>"
        f"{bars('Probability of each class, bars from 0 to 100 %', dict(ranking))}"
        f'<p class="quiet">{1000 * made.seconds:.0f} ms on the server for preparing the picture and running '
        f"{escape(model.title)}.</p></section>"
    )


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
        f'<section class="seen"><figure><div class="upload" style="--ratio:{small.width / small.height:.4f}">'
        f'<img src="{upload}" alt="Your picture"><span class="crop" style="{box}"></span></div>'
        "<figcaption>Your picture; the outline is the square that the network gets.</figcaption></figure>"
        f'<figure><img class="pixels" src="{data_url(pixels)}" alt="The same square in '
        f'{size} by {size} pixels"><figcaption>What the network sees: {size} × {size} pixels, enlarged '
        f"without smoothing.</figcaption></figure></section>"
    )


def _thumbnail(picture: Image.Image) -> tuple[Image.Image, str]:
    """The picture at `THUMBNAIL` pixels or a little less, and its URL; a tiny one is enlarged without smoothing."""
    times = THUMBNAIL // max(picture.size)
    if times >= 2:
        small = picture.resize((times * picture.width, times * picture.height), Image.Resampling.NEAREST)
        return small, data_url(small)
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small, jpeg_url(small, quality=88)


def _verdict(probability: float) -> str:
    if probability >= 0.9:
        return "The network is sure:"
    if probability >= 0.5:
        return "The network thinks:"
    return "The network is unsure, its best guess:"
