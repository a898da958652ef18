"""What a set of pictures holds, as HTML: classes and splits, what is left out, sizes, mean pictures and brightness."""

from collections import Counter
from html import escape

import numpy as np
from PIL import Image

from demo.pictures.datasets import PictureSet
from demo.pictures.stats import Pixels
from demo.render.html import data_url, number
from demo.render.svg_chart import COLOURS, Axis, Frame, Line, chart, swatch

LAYOUTS = {
    "cifar10": "60,000 pictures of 32 × 32 pixels in ten classes, by Alex Krizhevsky (2009). Of the 50,000 official "
    "training pictures, 5,000 are held out to choose the epoch by; the 10,000 test pictures choose nothing.",
    "kaggle": "Photos with a table of labels, in the form of Kaggle's “Invasive Species Monitoring”. Of each class, "
    "20 % are held out for validation; the labels of the test photos are known to Kaggle alone.",
    "tiles": "Tiles cut from larger photos, with a table of labels. Whole blocks of ground are held out, because "
    "neighbouring tiles overlap.",
    "classes": "A folder of photos for each class. What has no splits yet is split here: 20 % of each class for "
    "testing, and 20 % of the rest for validation.",
}
MOST_CLASSES = 24  # rows of the table, and mean pictures
MOST_SIZES = 6
CHANNELS = ("red", "green", "blue")
RED_GREEN_BLUE = (COLOURS[1], COLOURS[2], COLOURS[0])
BINS = 64  # of the histogram that is drawn
FRAME = Frame(width=480, height=220, left=10, right=10, top=30, bottom=44)

GET = (
    (
        "CIFAR-10",
        "60,000 small pictures in ten classes, 170 MB. It is downloaded by:",
        "python -m train describe data/cifar-10-batches-py",
    ),
    (
        "Sosnowsky's hogweed",
        "Drone photos with masks of an invasive plant, cut into tiles. Its authors state no licence: cite them, and do "
        "not pass the pictures on.",
        "git clone https://github.com/DLopatkin/Heracleum-Dataset\n"
        "python -m train cut PHOTOS MASKS data/hogweed    # its folders of photos and of masks",
    ),
    (
        "Invasive Species Monitoring",
        "2,295 labelled photos; needs an account at Kaggle and its rules accepted.",
        "kaggle competitions download -c invasive-species-monitoring\n"
        "unzip invasive-species-monitoring.zip -d data/invasive-species-monitoring    # and 7z x for what is in it",
    ),
    (
        "Photos of your own",
        "A folder for each class, with pictures in it:",
        "data/my-plants/CLASS/photo.jpg",
    ),
)


def absent() -> str:
    """That there are no pictures here yet, and how to get some."""
    return (
        '<section class="holdings"><p class="verdict">There are no sets of pictures on this server yet.</p>'
        "<p>With one, this tab shows its classes and splits, every picture, the mean picture and the statistics of its "
        "pixels. All else in ConvScope works without; below are the numbers of your own picture.</p>"
        f"{how_to_get()}</section>"
    )


def how_to_get(summary: str = "") -> str:
    """The commands that bring sets into the data folder; folded behind a summary where one is given."""
    entries = "".join(
        f"<li><strong>{escape(title)}</strong> {escape(text)}<pre tabindex='0'>{escape(commands)}</pre></li>"
        for title, text, commands in GET
    )
    body = (
        f'<ul class="get">{entries}</ul><p class="quiet">Run these in the folder of ConvScope, then reload the page. '
        "Where CONVSCOPE_DATA names another folder than data/, put that in place of it.</p>"
    )
    return f"<details><summary>{escape(summary)}</summary>{body}</details>" if summary else body


# ------------------------------------------------------------------------------------------------ classes and splits


def facts(found: PictureSet) -> str:
    """The set in words, how many pictures of which class each split has, and what is left out and why."""
    left_out = "".join(f"<li>{escape(sentence)}</li>" for sentence in found.trouble)
    left_out = f"<ul>{left_out}</ul>" if left_out else "<p>Nothing: every listed picture is there, once.</p>"
    refusal = (
        f'<p class="refusal"><strong>A training would refuse this set.</strong> {escape(found.refusal)}</p>'
        if found.refusal
        else ""
    )
    return (
        f'<section class="holdings"><p>{escape(LAYOUTS[found.layout])}</p>{refusal}{_balance(found)}'
        f"<p>{escape(_lesson(found))}</p><h3>Left out, or not as it should be</h3>{left_out}</section>"
    )


def _balance(found: PictureSet) -> str:
    splits = {name: part for name, part in found.parts.items() if len(part.labels)}
    labels = list(range(len(found.classes)))[:MOST_CLASSES]
    labels += [-1] if any((part.labels < 0).any() for part in splits.values()) else []
    head = "".join(
        f'<th scope="col">{name}<br><span class="number">{len(part.labels):,}</span></th>'
        for name, part in splits.items()
    )
    known = {name: max(1, int((part.labels >= 0).sum())) for name, part in splits.items()}
    most = max(
        (_count(found, name, label) / known[name] for name in splits for label in labels if label >= 0), default=1
    )
    rows = ""
    for label in labels:
        cells = ""
        for name in splits:
            count = _count(found, name, label)
            share = count / known[name]
            bar = f'<span class="fill" style="width:{100 * share / (most or 1):.1f}%"></span>' if label >= 0 else ""
            percent = f" <small>{share:.1%}</small>" if label >= 0 else ""
            cells += f'<td><div class="count">{bar}</div><span class="number">{count:,}{percent}</span></td>'
        rows += f'<tr><th scope="row">{escape(found.label(label))}</th>{cells}</tr>'
    hidden = len(found.classes) - MOST_CLASSES
    more = f'<p class="quiet">And {hidden:,} more classes.</p>' if hidden > 0 else ""
    return (
        '<div class="scroll"><table class="balance"><caption>Pictures of each class in each split. Bars: share of the '
        f"split's pictures that have a class, the longest {most:.1%}.</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _count(found: PictureSet, split: str, label: int) -> int:
    return int((found.parts[split].labels == label).sum())


def _lesson(found: PictureSet) -> str:
    """What the balance of the classes means for reading an accuracy."""
    for split, kind in (("test", "test"), ("validation", "validation"), ("train", "training")):
        labels = found.parts[split].labels
        labels = labels[labels >= 0]
        if len(labels):
            counts = np.bincount(labels, minlength=len(found.classes))
            best = int(counts.argmax())
            share = counts[best] / len(labels)
            fair = share < 1.2 / max(1, len(found.classes))
            return (
                f"The classes are about equally frequent. A network that always answers {found.classes[best]} gets "
                f"{share:.1%} of the {kind} pictures right: any accuracy is to be compared with that."
                if fair
                else f"The classes are not equally frequent. A network that always answers {found.classes[best]} gets "
                f"{share:.1%} of the {kind} pictures right without having learned anything: accuracy alone flatters."
            )
    return "No picture has a class."


# ------------------------------------------------------------------------------------------------------------- pixels


def under_way(found: PictureSet, looked: int, of: int) -> str:
    """How far the statistics are."""
    return (
        f'<section class="holdings training">{_heading(found)}<progress value="{looked}" '
        f'max="{max(1, of)}"></progress><p class="number">{looked:,} of {of:,} pictures looked at</p></section>'
    )


def statistics(found: PictureSet, pixels: Pixels) -> str:
    """Mean pictures, the brightness of each colour, and the sizes of the training pictures."""
    which = "all" if pixels.looked == pixels.of else f"{pixels.looked:,} at random of the"
    broken = "".join(f"<li>{escape(name)}: {escape(reason)}</li>" for name, reason in pixels.broken[:5])
    if broken:
        broken = f"<p>{len(pixels.broken):,} of them cannot be opened, and are left out:</p><ul>{broken}</ul>"
    return (
        f'<section class="holdings">{_heading(found)}<p class="quiet">From {which} '
        f"{pixels.of:,} training pictures.</p>{broken}"
        f'<div class="two">{_means(found, pixels)}<div>{_histogram(pixels)}{_channels(pixels)}{_sizes(pixels)}</div>'
        "</div></section>"
    )


def _heading(found: PictureSet) -> str:
    return f"<h3>Pixels of the training pictures: {escape(found.title)}</h3>"


def _means(found: PictureSet, pixels: Pixels) -> str:
    labels = sorted(pixels.means, key=lambda label: (label < 0, label))[:MOST_CLASSES]
    small = "".join(
        f'<figure><img src="{_picture(pixels.means[label])}" alt="Mean picture of {escape(found.label(label))}">'
        f'<figcaption>{escape(found.label(label))} <span class="number">{pixels.seen[label]:,}</span></figcaption>'
        "</figure>"
        for label in labels
    )
    return (
        f'<div class="means"><figure class="all"><img src="{_picture(pixels.mean)}" alt="Mean of all pictures">'
        "<figcaption>The mean of all of them, pixel by pixel, enlarged without smoothing. What stays visible is where "
        "pictures agree; a network has to tell classes apart by what is lost here.</figcaption></figure>"
        f'<p class="quiet">And of each class, with the number of pictures:</p><div class="each">{small}</div></div>'
    )


def _picture(mean: np.ndarray) -> str:
    return data_url(Image.fromarray(np.rint(mean).clip(0, 255).astype(np.uint8)))


def _channels(pixels: Pixels) -> str:
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{mean:.1f}</td><td>{sd:.1f}</td><td>{mean / 255:.4f}</td>'
        f"<td>{sd / 255:.4f}</td></tr>"
        for name, mean, sd in zip(CHANNELS, pixels.channel_mean, pixels.channel_sd, strict=True)
    )
    return (
        '<div class="numbers"><table><caption>Mean and standard deviation (sd) of each colour, from 0 to 255 as in the '
        "file, and from 0 to 1: these are what preprocessing subtracts and divides by.</caption><thead><tr><td></td>"
        f"<th>mean</th><th>sd</th><th>mean / 255</th><th>sd / 255</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _histogram(pixels: Pixels) -> str:
    shares = pixels.counts.reshape(3, BINS, -1).sum(2) / pixels.counts.sum(1, keepdims=True)
    top = float(shares.max()) or 1.0
    width = 256 // BINS
    lines = [
        Line([(width * (index + 0.5), share) for index, share in enumerate(row)], colour)
        for row, colour in zip(shares.tolist(), RED_GREEN_BLUE, strict=True)
    ]
    x = Axis(0, 256, [(value, str(value)) for value in (0, 64, 128, 192, 255)], "value of a pixel, from dark to bright")
    spoken = "How often each brightness occurs in red, green and blue; mean and spread are in the table below"
    unit = f"share of pixels, highest {top:.1%} in steps of {width}"
    legend = "".join(f"<li>{swatch(colour)}{name}</li>" for name, colour in zip(CHANNELS, RED_GREEN_BLUE, strict=True))
    drawn = chart(FRAME, x, Axis(0, top, [(0, "")]), lines, spoken, "Brightness", unit)
    return f'<div class="curves"><ul class="legend">{legend}</ul>{drawn}</div>'


def _sizes(pixels: Pixels) -> str:
    total = pixels.sizes.total()
    known = Counter({size: count for size, count in pixels.sizes.items() if min(size)})
    if not known:
        return ""
    if len(known) == 1:
        (width, height), _ = known.most_common(1)[0]
        return f'<p>Size: all are <span class="number">{width:,} × {height:,}</span> pixels.</p>'
    rows = "".join(
        f'<tr><th scope="row" class="number">{width:,} × {height:,}</th><td class="bar"><span style="width:'
        f'{100 * count / total:.1f}%"></span></td><td class="number">{count / total:.1%}</td></tr>'
        for (width, height), count in known.most_common(MOST_SIZES)
    )
    others = len(known) - MOST_SIZES
    shorter = np.repeat([min(one) for one in known], list(known.values()))
    return (
        '<table class="bars sizes"><caption>Sizes, width × height in pixels; bars from 0 to 100 % of the pictures'
        f"</caption>{rows}</table>"
        + (f'<p class="quiet">And {others:,} other sizes.</p>' if others > 0 else "")
        + f"<p>Shorter side: from {number(shorter.min())} to {number(shorter.max())} pixels, half of them at least "
        f"{number(float(np.median(shorter)))}.</p>"
    )
