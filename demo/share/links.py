"""Lesson links: an address that holds a view, what of one could not be restored, and its QR code.

Nothing here trusts a link: whoever made it may have meant it badly, or made it on another server, or years ago.
"""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import segno

import model_zoo
from demo.core.networks import network
from demo.core.view import METHODS, MOST_CHARACTERS, TABS, TITLES, View
from demo.errors import UserError
from demo.pictures import datasets, picture_id
from demo.pictures.datasets import SPLITS
from demo.render.corruptions import CORRUPTIONS
from demo.server import paths
from model_zoo.entries.folders import folder_of, is_private
from model_zoo.graph import edits

# Of the address, what a link takes along; anything else there belongs to Gradio or to a Space, and may be secret.
KEYS = (
    *(field.name for field in fields(View)),
    *("method", "class", "set", "split", "label", "sheet", "panel", "bench", "build", "lang"),
)
SQUARE = 10  # pixels of the QR code's squares, which the browser enlarges
GONE = (
    "The network of this link has been deleted: it belonged to somebody who had added or made it here, and such a "
    "network is kept for four hours. Another one stands there instead."
)
MOST_LINK = 900  # characters in a QR code; with more its squares are too small for a classroom


@dataclass(frozen=True)
class Part:
    """A part of the page that a link can take out of sight."""

    words: str
    selectors: str  # CSS; "" for a tab, which Gradio takes away itself


# By the names of `demo.core.view.HIDEABLE`.
PARTS = {tab: Part(title, "") for tab, title in TITLES.items()} | {
    "network": Part("Choice of the network", "#chosen .network, #model, #about, #take-home"),
    "upload": Part(
        "Own pictures", "#choose, #live, #picture :is(.icon-button-wrapper, .source-selection), #with-picture"
    ),
    "examples": Part("Example pictures", "#examples"),
    "random": Part("Random test picture", "#chance"),
    "truth": Part("True class of a test picture", "#truth"),
    "answer": Part(
        "The network's answer",
        "#answer, #probabilities, #judgement, #nearest, #strip .end.answer, #strip .lens, #whole-network .class",
    ),
    "stability": Part("How stable the answer is (Answer)", "#shake, #stability"),
    "whatif": Part("What if? (Explore)", "#whatif, #matter, #panel-tab-whatif"),
    "steps": Part("Strip of all steps (Explore)", "#strip"),
    "scale": Part("Choice of the colour scale (Explore)", "#grid .scales"),
    "inspector": Part("Sum: the calculation of a value (Explore)", "#inspector, #panel-tab-sum"),
    "player": Part("Play: the sliding window (Explore)", "#player, #panel-tab-play"),
    "excite": Part("Excites: what excites a channel (Explore)", "#excite, #panel-tab-excites"),
    "skips": Part("Why skip connections? (Explore)", "#why-skips"),
}

_OF_NETWORK = ("step", "channel", "row", "column", "edits", "epoch", "class")
_NAMES = {
    "model": "the network",
    "tab": "the tab",
    "step": "the step",
    "channel": "the channel",
    "row": "the chosen value",
    "column": "the chosen value",
    "scale": "the colour scale",
    "edits": "the changes to the network",
    "epoch": "the epoch",
    "lane": "what is compared",
    "other": "the second network",
    "disturb": "the disturbance",
    "strength": "the disturbance's strength",
    "seed": "the disturbance's seed",
    "crop": "the part of the picture",
    "false_alarms": "the share of false alarms",
    "method": "the method of the Why tab",
    "class": "the class of the Why tab",
    "set": "the set of pictures",
    "split": "the split of that set",
}


def lost_in_words(query: Any, settled: View, refusal: str = "") -> str:
    """A sentence or two about what of a link could not be restored; "" if all of it is there.

    Args:
        query: the link's query string, as it came.
        settled: what the page shows, in whose step and channel the network has its say.
        refusal: why the link's picture is not there, in a sentence, or "".
    """
    keys = list(_lost(query, settled))
    # Its step and channel are of a network that nobody has any more.
    is_gone = "model" in keys and is_private(_given(query)["model"])
    if is_gone:
        keys = [key for key in keys if key not in ("model", *_OF_NETWORK)]
        refusal = f"{GONE} {refusal}".strip()
    lost = list(dict.fromkeys(_NAMES[key] for key in keys))
    if isinstance(query, str) and len(query) > MOST_CHARACTERS:
        lost.append("its end (it is too long)")
    if not lost:
        return refusal
    listed = " and ".join(filter(None, (", ".join(lost[:-1]), lost[-1])))
    return f"Of this link, {listed} could not be restored; the usual choice stands there instead. {refusal}".strip()


def _lost(query: Any, settled: View) -> Iterator[str]:
    """The keys whose values the page does not show as they were asked for."""
    given = _given(query)
    for key in ("model", "step", "scale", "lane"):
        if key in given and given[key] != getattr(settled, key):
            yield key
    if "tab" in given and given["tab"] not in TABS:
        yield "tab"
    for key in ("channel", "row", "column"):
        if key in given and not _same(given[key], getattr(settled, key)):
            yield key
    asked = [piece for piece in given.get("edits", "").split(edits.BETWEEN) if piece]
    if len(asked) > len(edits.pieces(settled.edits)):
        yield "edits"
    yield from (key for key in _CHECKS if key in given and not _CHECKS[key](given[key], settled))


def _given(query: Any) -> dict[str, str]:
    text = query[:MOST_CHARACTERS].encode(errors="replace").decode() if isinstance(query, str) else ""
    return {key: values[-1] for key, values in parse_qs(text.lstrip("?")).items()}


def _same(text: str, number: float | None) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False


def _other(text: str, settled: View) -> bool:
    is_there = text in model_zoo.names() or (is_private(text) and folder_of(text) is not None)
    return is_there and text != settled.model


def _strength(text: str, settled: View) -> bool:
    way = CORRUPTIONS.get(settled.disturb, next(iter(CORRUPTIONS.values())))
    return settled.strength is not None and _same(text, settled.strength) and way.low <= settled.strength <= way.high


# Whether what those parts of the page are told, which look at the address themselves, is something that they know.
_CHECKS = {
    "epoch": lambda text, settled: _same(text, settled.epoch) and settled.epoch in network(settled.model).epochs,
    "false_alarms": lambda text, settled: _same(text, settled.false_alarms),
    "other": _other,
    "disturb": lambda text, _: text in CORRUPTIONS,
    "strength": _strength,
    "seed": lambda text, settled: _same(text, settled.seed),
    "crop": lambda _, settled: settled.crop is not None,
    "method": lambda text, _: text in METHODS,
    "class": lambda text, settled: text in network(settled.model).classes,
    "set": lambda text, _: text in datasets.titles(),
    "split": lambda text, _: text in SPLITS,
}


def query_of(query: object, leave: tuple[str, ...] = ()) -> str:
    """What a link takes along of any text that came as a query string: known keys, of values that fit into an address.

    Args:
        query: the text.
        leave: keys that are left out as well.
    """
    taken = {key: value for key, value in _given(query).items() if key in KEYS and key not in leave}
    if taken.get("picture") == picture_id.OWN:  # which is in no link, nor what was cut out of it
        taken.pop("crop", None)
    return f"?{urlencode(taken, safe=':~,')}"


def warning(link: str) -> str:
    """What to do about a link that only this computer can open; "" for any other.

    Args:
        link: an address of the page, as the browser that shows it knows it.
    """
    address = urlsplit(link)
    if not _is_this_computer(address.hostname or ""):
        return ""
    own, port = paths.network_address(), f":{address.port}" if address.port else ""
    is_open = os.environ.get("GRADIO_SERVER_NAME", "") in ("0.0.0.0", "::")
    start = "" if is_open else "start ConvScope with GRADIO_SERVER_NAME=0.0.0.0, "
    there = f"at {address.scheme}://{own}{port}" if own else "by this computer's address in the network"
    todo = f"{start}open the page {there} here, and share from there."
    return f"Other devices cannot open this link: to each of them {address.hostname} is itself. {_sentence(todo)}"


def _is_this_computer(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        return address.is_loopback or address.is_unspecified
    return False


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


@lru_cache(maxsize=64)
def code(link: str) -> str:
    """The QR code of a link, black on white with its quiet zone, as the data: URL of a PNG.

    Error correction of level M (ISO/IEC 18004) or better: it can be read with 15 % of it covered.

    Raises:
        UserError: too long, or not the address of a page.
    """
    try:
        is_address = urlsplit(link).scheme in ("http", "https")
    except ValueError:
        is_address = False
    if not is_address:
        raise UserError("That is no link to a page. Please reload the page.")
    if len(link) > MOST_LINK:
        raise UserError(
            "This link is too long for a QR code that a camera could read from a distance. Copy it instead."
        )
    return segno.make_qr(link, error="m").png_data_uri(scale=SQUARE, border=4)
