"""What excites a channel: the real pictures with its highest values, and the picture that maximises it."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

import gradio as gr
import torch
from PIL import Image, ImageDraw
from torch import nn

from demo.core.handlers import SPOKEN, user_errors
from demo.core.inference import opening_step
from demo.core.networks import network
from demo.core.view import View
from demo.errors import UserError
from demo.pictures import examples
from demo.pictures.decode import open_image
from demo.render.html import data_url, number, term
from demo.server.scheduler import LONG, alone, paced, scheduled
from demo.share import downloads
from model_zoo import Model, Step, walk
from model_zoo.common.picture_file import ENDINGS
from model_zoo.common.safe_zip import is_hidden
from model_zoo.explain import activation_max
from model_zoo.explain.activation_max import Found, Strongest
from model_zoo.explain.receptive_field import field_box
from model_zoo.graph.walk import walk_to

MOST = 2_000  # pictures that are looked at
LONGEST = 45.0  # seconds; what was seen by then counts
BATCH = 50
SHOWN = 12
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
PROGRESS = gr.Progress()  # Gradio tells by it whose request a handler serves
KEYS = ("model", "step", "channel")  # of the address, which the section is about
# What is about another channel than the address goes, also what was still being worked out when that was chosen.
OTHER_CHANNEL = """(query, ...shown) => {
    const view = new URLSearchParams(query);
    const key = KEYS.map((name) => view.get(name) ?? '').join(' ');
    const parsed = (html) => new DOMParser().parseFromString(html ?? '', 'text/html');
    return shown.map((html) => (parsed(html).querySelector('[data-about]')?.dataset.about === key ? html : ''));
}""".replace("KEYS", str(list(KEYS)))
TITLE = "What excites this channel?"
WHAT = (
    "Two ways to find out: the pictures of the network’s own data that give it its highest values, and a picture drawn "
    "to raise its value. Both look at the chosen channel of the chosen step."
)
STYLE = """
h3 { margin: 0; font-size: 18px; font-weight: 600; color: var(--body-text-color); }
.quiet { margin: 6px 0; max-width: 90ch; }
.finds { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 12px; margin: 8px 0; }
.film { grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); }
figure { margin: 0; }
figure img { width: 100%; image-rendering: pixelated; display: block; border: 1px solid var(--border-color-primary); }
figure .whole { width: 48%; margin-top: 4px; }
figcaption { font-size: 13px; line-height: 1.35; margin-top: 4px; color: var(--body-text-color); }
figcaption b { font-weight: 600; font-variant-numeric: tabular-nums; }
"""


@dataclass(frozen=True)
class Pictures:
    """A set of pictures that a network was made for."""

    name: str  # as in "of the first 2,000 ..."
    count: int
    read: Callable[[int], tuple[Image.Image, str]]  # a picture and what is known of it


@dataclass(frozen=True)
class Part:
    """The components of the section."""

    find: gr.Button
    finds: gr.HTML
    climb: gr.Button
    film: gr.HTML


def layout() -> Part:
    """The section."""
    html: dict[str, Any] = {"html_template": SPOKEN, "css_template": STYLE, "apply_default_css": False}
    with gr.Column(elem_id="excite"):
        gr.HTML(
            f'<h3>{TITLE}</h3><p class="quiet">{WHAT}</p>', js_on_load=None, css_template=STYLE, apply_default_css=False
        )
        find = gr.Button("Find the pictures with its highest values", size="md")
        finds = gr.HTML(elem_id="finds", js_on_load=None, **html)
        climb = gr.Button("Draw a picture that raises its value", size="md")
        film = gr.HTML(elem_id="film", js_on_load=None, **html)
        downloads.below("finds film")
    return Part(find, finds, climb, film)


def wire(part: Part, address: gr.HTML, model: gr.Radio) -> None:
    """The events of the section; `address` holds the chosen step and channel."""
    asked: dict[str, Any] = {"inputs": [address, model], "show_progress": "minimal"} | PRIVATE
    asked["trigger_mode"] = "always_last"  # asked about another channel meanwhile
    finding = part.find.click(strongest, outputs=part.finds, **asked, **alone("search"))
    climbing = part.climb.click(climbed, outputs=part.film, **asked, **alone("climb"))
    shown: list[Any] = [part.finds, part.film]
    gone: dict[str, Any] = {"inputs": [address, *shown], "outputs": shown, "js": OTHER_CHANNEL} | PRIVATE
    for event in (address.change, finding.success, climbing.success):
        event(None, **gone)


# ------------------------------------------------------------------------------------------------------------ handlers


@user_errors
@scheduled
def strongest(query: str, model: str, progress: gr.Progress = PROGRESS) -> str:
    """The pictures that excite the chosen channel most, as HTML."""
    loaded, steps, step, channel = chosen(query, model)
    pictures = pictures_for(loaded)
    best = _searched(loaded, step.name, pictures, progress)
    found = best.of(channel)
    where = (
        f"the first {best.seen:,} {pictures.name}" if best.seen < pictures.count else f"{best.seen:,} {pictures.name}"
    )
    if not found:
        none = f"Channel {channel} of {escape(step.name)} is nowhere above 0 in {where}."
        return f'<p class="quiet"{about(query)}>{none}</p>'
    figures = "".join(_find(loaded, steps, step, channel, each, *pictures.read(each.picture)) for each in found)
    return (
        f'<p class="quiet"{about(query)}>Channel {channel} of {escape(step.name)}: its highest values in {where}, '
        f"one place in each. Large: what that value can see, its {term('receptive-field')}. Small: where that is in "
        "the picture. An empty margin lies beyond the picture's edge. "
        f'What do they have in common?</p><div class="finds">{figures}</div>'
    )


@user_errors
@scheduled
def climbed(query: str, model: str, progress: gr.Progress = PROGRESS) -> str:
    """The picture that maximises the chosen channel, with the way there, as HTML."""
    loaded, steps, step, channel = chosen(query, model)
    values = loaded.card["preprocessing"]
    stages = activation_max.maximize_activation(
        loaded.net,
        step.name,
        channel,
        loaded.size,
        values["mean"],
        values["std"],
        progress=paced(lambda done, of: progress((done, of), desc="Climbing", unit="updates")),
    )
    rows, columns = step.shape[2:] if len(step.shape) == 4 else (1, 1)
    parts = [_cut(loaded, steps, step, channel, rows // 2, columns // 2, _drawn(stage.picture)) for stage in stages]
    figures = "".join(
        f'<figure><img src="{data_url(part)}" alt="After {stage.updates} updates"><figcaption>'
        f"{stage.updates} update{'' if stage.updates == 1 else 's'}<br>"
        f"<b>{number(stage.value)}</b></figcaption></figure>"
        for stage, part in zip(stages, parts, strict=True)
    )
    return (
        f'<p class="quiet"{about(query)}>From grey noise uphill: each update changes the picture so that the middle '
        f"value of channel {channel} of {escape(step.name)} rises. "
        f"{_compared(loaded, step.name, channel, stages[-1].value)} Shown is what the value can see. "
        "Such a picture exaggerates: nothing like it need exist.</p>"
        f'<div class="finds film">{figures}</div>'
    )


# --------------------------------------------------------------------------------------------------- what is worked out


def chosen(query: object, model: str) -> tuple[Model, list[Step], Step, int]:
    """The network, a walk of it, and the step and channel that the view names; else those of a fresh page.

    Raises:
        UserError: no such network.
    """
    loaded, view = network(model), View.parse(query)
    steps = walk(loaded.net, torch.zeros(1, 3, loaded.size, loaded.size))
    step = next((each for each in steps if each.name == view.step), opening_step(steps))
    return loaded, steps, step, view.channel if view.channel < step.shape[1] else 0


def about(query: object) -> str:
    """An attribute that tells the browser which channel of which network HTML is about, in the address's words."""
    asked = dict(parse_qsl(query.lstrip("?"))) if isinstance(query, str) else {}
    return f' data-about="{escape(" ".join(asked.get(key, "") for key in KEYS))}"'


def pictures_for(model: Model) -> Pictures:
    """Pictures of the kind that a network was made for, where they are at hand.

    The test pictures of CIFAR-10 for a network of its classes; else the pictures in the folder of CONVSCOPE_DATA that
    the card's data set is named after, drawn at random.

    Raises:
        UserError: there are none; the message says how to get them.
    """
    if model.card["data"].get("name") == "CIFAR-10":
        pictures, labels, names = examples.test_set()
        return Pictures(
            "test pictures of CIFAR-10",
            len(pictures),
            lambda n: (Image.fromarray(pictures[n]), f"{names[labels[n]]}, picture {n}"),
        )
    words = re.findall(r"[a-z0-9][a-z0-9_-]{3,}", str(model.card["data"].get("name") or "").lower())
    name = next((word for word in words if (examples.data_folder() / word).is_dir()), "")
    folder = examples.data_folder() / name
    found = sorted(folder.rglob("*")) if name else []
    found = [path for path in found if path.suffix.lower() in ENDINGS and "mask" not in path.stem]
    files = [path for path in found if not is_hidden(path.relative_to(folder).as_posix())]
    if not files:
        raise UserError(
            f"The pictures that {model.title} was made for are not here. Put them in a folder named "
            f"{' or '.join(map(repr, words[:3])) or 'after their set'} and start ConvScope with CONVSCOPE_DATA naming "
            "the folder above it."
        )
    few = random.Random(0).sample(files, min(MOST, len(files)))
    return Pictures(f"pictures in {name}, drawn at random", len(few), lambda n: (open_image(few[n]), few[n].stem))


_searches: WeakKeyDictionary[nn.Module, dict[str, Strongest]] = WeakKeyDictionary()


def _searched(model: Model, step: str, pictures: Pictures, progress: gr.Progress) -> Strongest:
    """The best pictures of all channels of a step; kept, since a search costs the same for one channel and for all."""
    searches = _searches.setdefault(model.net, {})
    if step not in searches:
        best, end, last = Strongest(SHOWN), time.monotonic() + LONGEST, min(MOST, pictures.count)
        for at in range(0, last, BATCH):
            inputs = [model.prepare(pictures.read(n)[0]) for n in range(at, min(at + BATCH, last))]
            best.add(walk_to(model.net, torch.cat(inputs), step))
            progress((best.seen, last), desc="Looking at pictures", unit="pictures")
            LONG.yield_slot()
            if time.monotonic() > end:
                break
        searches[step] = best
    return searches[step]


def _find(
    model: Model, steps: list[Step], step: Step, channel: int, found: Found, picture: Image.Image, known: str
) -> str:
    seen = model.crop(picture)
    part = _cut(model, steps, step, channel, found.row, found.column, seen)
    box = field_box(steps, model.size, model.size, step.name, channel, found.row, found.column)
    small = ""
    if box is not None and part.size != seen.size:
        times = max(1, 96 // model.size)
        whole = seen.resize((times * model.size, times * model.size), Image.Resampling.NEAREST)
        box = box.within(model.size, model.size)
        edges = (times * box.left, times * box.top, times * box.right - 1, times * box.bottom - 1)
        ImageDraw.Draw(whole).rectangle(edges, outline=(20, 184, 166), width=2)
        small = f'<img class="whole" src="{data_url(whole)}" alt="Where it is in the picture">'
    return (
        f'<figure><img src="{data_url(part)}" alt="{escape(known)}, value {number(found.value)}">{small}'
        f"<figcaption><b>{number(found.value)}</b><br>{escape(known)}</figcaption></figure>"
    )


def _cut(
    model: Model, steps: list[Step], step: Step, channel: int, row: int, column: int, picture: Image.Image
) -> Image.Image:
    """The part of the network's picture that a value can see, what lies beyond its edge left transparent.

    All of the picture where the part is not known, or as large.
    """
    size = model.size
    box = field_box(steps, size, size, step.name, channel, row, column)
    if box is None or max(box.bottom - box.top, box.right - box.left) >= size:
        return picture
    part = Image.new("RGBA", (box.right - box.left, box.bottom - box.top))
    inside = box.within(size, size)
    cut = picture.crop((inside.left, inside.top, inside.right, inside.bottom))
    part.paste(cut, (inside.left - box.left, inside.top - box.top))
    return part


def _drawn(values: torch.Tensor) -> Image.Image:
    return Image.fromarray((255 * values.clamp(0, 1)).round().byte().permute(1, 2, 0).numpy())


def _compared(model: Model, step: str, channel: int, reached: float) -> str:
    """The value reached, beside the highest of real pictures where they have been searched."""
    best = _searches.get(model.net, {}).get(step)
    if best is None:
        return (
            f"It reaches {number(reached)}; to compare that with real pictures, search them with the button above and "
            "climb once more."
        )
    found = best.of(channel)
    real = number(found[0].value) if found else "0"
    return f"It reaches {number(reached)}; the highest value in {best.seen:,} real pictures is {real}."
