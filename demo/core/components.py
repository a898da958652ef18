"""Own components: gr.HTML with a template, a style and a script in files beside this one.

All component classes stand in this folder: Gradio writes a .pyi beside every module that defines one.
"""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.raw_events import to_json
from demo.core.shown_picture import CroppedPicture
from demo.core.uploads import opened, remember, shown
from demo.pictures import thumbnails
from demo.server.gradio_compat import given_files, path_of, sent_path, template_component, with_crop
from demo.server.modules import emitting, mounting

DEMO = Path(__file__).parents[1]


@cache  # Gradio makes a component anew whenever an answer leaves it as it is
def source(path: str) -> str:
    """The text of a file below the folder `demo`."""
    return (DEMO / path).read_text(encoding="utf-8")


class JsonHTML(gr.HTML):
    """A widget whose value the browser gets as JSON text, which Gradio passes on without looking into it."""

    def postprocess(self, value: Any) -> Any:
        return to_json(value)

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}


class Address(gr.HTML):
    """The query string of the page's address: whatever becomes its value appears there, but for the tab.

    Which tab is open is the browser's to say once the first value has come: an answer of the server may be older than
    the last click on a tab. `SELECT` is what a tab runs when it is selected. Its event `back` comes, with the address's
    `query`, when the reader goes back or forward.
    """

    SELECT = emitting("tab", "TAB")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template="<span hidden></span>",
            js_on_load=mounting("static/lib/address.js", "back"),
            apply_default_css=False,
            **kwargs,
        )


class WholePage(gr.HTML):
    """What the page does beside its widgets: `static/lib/page/whole_page.js`; it has no value and no events."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("static/lib/page/whole_page"), **kwargs)


class ChosenView(JsonHTML):
    """The thumbnail of the page's picture and the network's title, as buttons that open what both are chosen in.

    Value: `thumbnail`: URL of a square picture, "" for none; `network`: its title; `about`: name -> a line about each
    network, for the list of them; and what `demo.core.networks.given_names` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("static/lib/page/chosen", with_maps=False), **kwargs)


class AnswerLine(gr.HTML):
    """The answer in words, as HTML; its event `sure` comes when it is one with `data-sure`.

    The region stands from the start, so that a screen reader speaks all of what comes into it, after what it is saying.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template='<div aria-live="polite" aria-atomic="true" aria-label="Answer">${value}</div>',
            js_on_load=mounting("static/lib/page/answer.js", "sure"),
            apply_default_css=False,
            **kwargs,
        )


class CropEditor(gr.HTML):
    """A square to move and size over the page's picture; it has no value. Its event `crop` comes when it is let go."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template="<div></div>",
            js_on_load=mounting("static/lib/page/crop/crop.js", "crop"),
            apply_default_css=False,
            **kwargs,
        )


class PageMenu(gr.HTML):
    """Light, dark or strong contrast and the projector mode, as a menu; it has no value and no events."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("static/lib/page/page_menu", with_maps=False), **kwargs)


class Clock(gr.HTML):
    """Asks for news with its event `tick` while a part of the page is shown.

    Value: `every`: seconds to the next tick, 0 for none until the part is shown anew; `ticket`: of the training that
    this browser started, which keeps it and sends it with `tick`; `seen`: what the page shows already, for the server
    to compare.

    Args:
        target: selector of that part.
    """

    def __init__(self, target: str, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template="<span hidden></span>",
            js_on_load=mounting("core/clock.js", "tick"),
            apply_default_css=False,
            visible="hidden",
            target=target,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Panel(gr.HTML):
    """HTML about the page's picture or network; its event `ask` comes when it is in sight and no longer true.

    Its event `pick` comes with the data of a button in it that was chosen. `RENEWED` is what the page runs when its
    picture or its network ("WHAT") has changed.

    Args:
        follows: "picture", "model" or both.
    """

    RENEWED = emitting("renewed", "WHAT")

    def __init__(self, follows: list[str], **kwargs: Any) -> None:
        super().__init__(
            js_on_load=mounting("core/panel.js", "ask", "pick"),
            apply_default_css=False,
            follows=follows,
            **kwargs,
        )


@template_component
class PlainNumber(gr.Number):
    """A number, or whatever else a browser sends: it is for the handlers to refuse, in words."""

    def preprocess(self, payload: Any) -> Any:
        return payload


@template_component
class NetworkRadio(gr.Radio):
    """One network by name; an unknown one is for the handlers to refuse, in words.

    Gradio's own check would write a stack of calls into the log for each, and run folders come and go.
    """

    def preprocess(self, payload: Any) -> Any:
        return payload


@template_component
class NetworkChecks(gr.CheckboxGroup):
    """Several networks by name; unknown ones are for the handlers to refuse, in words."""

    def preprocess(self, payload: Any) -> Any:
        return payload


class ExamplePicker(gr.HTML):
    """Examples as buttons with thumbnails; its event is `choose` with the example's `index`.

    Args:
        titles: of the pictures, in their order.
        groups: heading -> titles of those below it.
    """

    def __init__(self, titles: Iterable[str], groups: dict[str, list[str]], **kwargs: Any) -> None:
        buttons = {title: _example(index, title) for index, title in enumerate(titles)}
        parts = ((escape(heading), "".join(buttons[title] for title in below)) for heading, below in groups.items())
        super().__init__(
            "".join(f'<p class="label">{heading}</p><div class="all">{inside}</div>' for heading, inside in parts),
            html_template="${value}",
            css_template=source("core/examples.css"),
            js_on_load=mounting("core/examples.js", "choose"),
            apply_default_css=False,
            **kwargs,
        )


def _example(index: int, title: str) -> str:
    return (
        f'<button type="button" data-index="{index}" title="{escape(title)}">'
        f'<img loading="lazy" src="{thumbnails.address(index)}" alt="Example: {escape(title)}"></button>'
    )


@template_component
class ImageInput(gr.Image):
    """A picture from a stranger: decoded by `open_image` alone, refused with a sentence; and only once.

    Value: as that of `gr.Image`, or a `CroppedPicture`. The box shows the whole; handlers get the chosen square.

    What it begins with is not in the page's description, where it would tell everybody a folder of the server: an event
    has to send it.
    """

    def first_file(self) -> str:
        """The file that it begins with, in the folder of uploads; "" for none."""
        return path_of(self.value) or ""

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        return super().get_config(cls) | {"value": None}

    def preprocess(self, payload: Any) -> Image.Image | None:
        return None if payload is None else shown(payload.path, payload.mime_type)

    def postprocess(self, value: Any) -> Any:
        whole, crop = (value.picture, value.crop) if isinstance(value, CroppedPicture) else (value, None)
        sent = super().postprocess(whole)
        # The page sends it back with every question about it.
        remember(sent_path(sent), whole)
        return with_crop(sent, str(crop or ""))


@template_component
class PictureButton(gr.UploadButton):
    """A button to choose a picture with; decoded like `ImageInput`, whatever its name ends with."""

    def preprocess(self, payload: Any) -> Image.Image | None:
        files = given_files(payload)
        return opened(files[0].path) if files else None


def widget(path: str, *events: str, with_maps: bool = True) -> dict[str, Any]:
    """Arguments for gr.HTML: the files of a widget, which lie side by side, PATH.html, PATH.css and the module PATH.js.

    Args:
        path: below the folder `demo`, as in "tabs/explore/overview/grid".
        events: what it sends.
        with_maps: whether the style of widgets that draw maps (`static/lib/maps.css`) comes before its own.
    """
    return {
        "html_template": source(f"{path}.html"),
        "css_template": (source("static/lib/maps.css") if with_maps else "") + source(f"{path}.css"),
        "js_on_load": mounting(f"{path}.js", *events),
        "apply_default_css": False,
    }
