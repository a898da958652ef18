"""View: what the page shows, as one typed value that is also the query string of its address."""

import re
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from demo.core.crop import Crop
from model_zoo.graph import edits


@dataclass(frozen=True)
class Area:
    """A part of the page, with its tabs."""

    name: str
    title: str
    tabs: dict[str, str]  # by their names in the address, which never change: their titles
    without_picture: tuple[str, ...] = ()  # those of its tabs that have no use for the page's picture
    has_row: bool = True  # whether the row of its tabs is shown; its only tab may have a row of its own


# One line for each; `demo.page_layout` lays out the tabs by their names.
AREAS = (
    Area(
        "learn",
        "Learn",
        {"lessons": "Lessons", "bench": "Bench", "teach": "Teach"},
        ("lessons", "bench", "teach"),
    ),
    Area(
        "look",
        "Look",
        {"predict": "Answer", "explore": "Explore", "why": "Why", "compare": "Compare", "trust": "Trust"},
    ),
    Area(
        "training",
        "Training",
        {"curves": "Curves", "data": "Data", "train": "Train", "own": "Own classes", "build": "Build"},
        ("train", "build"),
    ),
    Area("field", "Field", {"photos": "Survey"}, ("photos",), has_row=False),
)
TITLES = {name: title for area in AREAS for name, title in area.tabs.items()}
TABS = tuple(TITLES)
FIRST_TAB = "predict"  # that a page without an address opens
FIRST_AREA = next(area.name for area in AREAS if FIRST_TAB in area.tabs)
SCALES = ("step", "channel", "network")  # what one colour scale is shared by
VIEWS = ("step", "network")  # what the Explore tab shows: one step, or all steps at once
# What the address can take out of sight: a tab, or a part of the page that `demo.share.links` knows by this name.
HIDEABLE = (
    *TABS,
    *("network", "upload", "examples", "random", "truth", "answer", "stability"),
    *("whatif", "steps", "scale", "inspector", "player", "excite", "skips"),
)
LANES = ("disturbed", "networks", "pictures")  # what differs between the two lanes of the Compare tab
METHODS = ("grad-cam", "occlusion", "gradients")  # of the Why tab, which keeps its choice in the address itself
MOST_CHARACTERS = 2_000  # of a query string that is looked at; a real one has under 200
MOST_NAME = 200  # characters of a picture's name
LESSON = re.compile(r"[a-z][a-z0-9-]{0,39}(\.[0-9]{1,2})?")  # a lesson, and its card from 1


@dataclass(frozen=True)
class View:
    """Everything that is chosen, changes to the network included; of the picture only its name, if it has one.

    Any text from a stranger makes a valid View; see `settle`. The crop stands here although a picture of one's own
    does not: it says where somebody put a square, and nothing of what is there.
    """

    model: str = ""
    tab: str = FIRST_TAB
    step: str = ""
    channel: int = 0
    row: int | None = None  # of the chosen value; None with `column`: no value is chosen
    column: int | None = None
    scale: str = SCALES[0]
    view: str = VIEWS[0]
    edits: str = ""  # changes to the network, in the form of `model_zoo.graph.edits`
    epoch: int | None = None  # of the training, whose weights are shown; None for the last that there is
    lane: str = LANES[0]
    other: str = ""  # the second lane's model, where that differs
    disturb: str = ""  # a key of `demo.render.corruptions.CORRUPTIONS`
    strength: float | None = None  # of the disturbance, in its unit; None for the usual one
    seed: int = 0  # of the disturbance
    picture: str = ""  # as `demo.pictures.picture_id` names it; "" for the first example
    crop: Crop | None = None  # the square of that picture which takes its place; None for the whole picture
    hide: str = ""  # names of `HIDEABLE`, in its order, with commas between
    false_alarms: float | None = None  # share of known pictures that may be called unfamiliar; None for the usual one
    lesson: str = ""  # that is open beside the page, and its card: "NAME.CARD", cards from 1

    @classmethod
    def parse(cls, query: object) -> "View":
        """The view that a query string such as "?model=cifar10-cnn&step=conv1" asks for.

        Unknown keys are ignored; a value that cannot be one falls back to the default. Whether model, step and
        channel exist is for `settle` to decide.
        """
        # Half characters, which JSON can carry, have no place in an address.
        text = query[:MOST_CHARACTERS].encode(errors="replace").decode() if isinstance(query, str) else ""
        given = {name: values[-1] for name, values in parse_qs(text.lstrip("?")).items()}
        view = cls(model=given.get("model", ""), step=given.get("step", ""))
        view = replace(view, other=given.get("other", ""), disturb=given.get("disturb", ""))
        for name, known in (("tab", TABS), ("scale", SCALES), ("view", VIEWS), ("lane", LANES)):
            if given.get(name) in known:
                view = replace(view, **{name: given[name]})
        if len(given.get("picture", "")) <= MOST_NAME:
            view = replace(view, picture=given.get("picture", ""))
        view = replace(view, crop=Crop.parse(given.get("crop")))
        hidden = given.get("hide", "").split(",")
        view = replace(view, hide=",".join(name for name in HIDEABLE if name in hidden))
        if LESSON.fullmatch(given.get("lesson", "")):
            view = replace(view, lesson=given["lesson"])
        if asked := edits.pieces(given.get("edits", "")):
            view = replace(view, edits=edits.BETWEEN.join(asked))
        names = ("channel", "row", "column", "epoch", "seed")
        numbers: dict[str, float | None] = {name: _whole(given.get(name, "")) for name in names}
        if numbers["row"] is None or numbers["column"] is None:
            numbers |= {"row": None, "column": None}
        if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,3})?", given.get("strength", "")):
            numbers["strength"] = float(given["strength"])
        if re.fullmatch(r"0?\.[0-9]{1,9}", share := given.get("false_alarms", "")) and float(share):
            numbers["false_alarms"] = float(share)
        return replace(view, **{name: number for name, number in numbers.items() if number is not None})

    @classmethod
    def of_page(cls, query: object, model: Any) -> "View":
        """The view of the page: what its address says, but of the network that is chosen in its list.

        The list is what counts: the address, which holds the network for others to open, follows it. Nor does the
        address say what is cut out of a picture that comes beside it: `demo.core.uploads` has done that already.
        """
        return replace(cls.parse(query), model=model, crop=None)

    def query(self) -> str:
        """The query string of this view, "?" included; defaults are left out."""
        changed = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        if self.strength is not None:
            changed["strength"] = f"{self.strength:g}"
        if self.false_alarms is not None:
            changed["false_alarms"] = f"{self.false_alarms:.9f}".rstrip("0")
        return f"?{urlencode(changed, safe=':~,')}" if changed else "?"

    def settle(self, models: list[str], default: str) -> "View":
        """This view if its model is one of `models`, else with the default model; its tab is one that is in sight."""
        view = self if self.model in models else replace(self, model=default)
        hidden = self.hide.split(",")
        start = TABS.index(FIRST_TAB)  # the tabs after it come before those that stand to its left
        in_sight = [tab for tab in (*TABS[start:], *TABS[:start]) if tab not in hidden]
        return replace(view, tab=in_sight[0]) if in_sight and view.tab in hidden else view

    def at(self, step: str, channel: int) -> "View":
        """This view at another step and channel."""
        return replace(self, step=step, channel=channel)

    def on(self, row: int | None, column: int | None) -> "View":
        """This view with another value chosen, or none."""
        return replace(self, row=row, column=column)


def _whole(text: str) -> int | None:
    """An everyday whole number from 0; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
