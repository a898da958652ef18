"""What happens to the whole page: it is opened, gets another picture or network, or its reader goes back."""

import random
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gradio as gr
from PIL import Image

import model_zoo
from demo.core.crop import Crop
from demo.core.handlers import if_latest, user_errors
from demo.core.inference import Inference, infer
from demo.core.networks import NO_PICTURE, choices, facts, given, given_names, lines, title
from demo.core.outputs import skipped
from demo.core.payloads import is_whole, payload, text
from demo.core.request_sequencer import RequestSequencer
from demo.core.shown_picture import CroppedPicture, ShownPicture
from demo.core.uploads import cropped, opened
from demo.core.view import AREAS, View
from demo.errors import UserError
from demo.pictures import examples, picture_id
from demo.pictures.decode import given_file, open_image
from demo.private import networks as private
from demo.render.html import thumbnail
from demo.server.gradio_compat import holds, path_of
from demo.share import links
from demo.tabs.curves import tab as curves
from demo.tabs.curves.follow import Drawn
from demo.tabs.explore import step_view
from demo.tabs.explore.other_network import moved
from demo.tabs.explore.what_if import what_if
from demo.tabs.predict import predict
from demo.tabs.predict.knows import knows

OWN_IS_GONE = "That view was of a picture of your own, which is not kept. The picture that is here stays."
NO_EXAMPLE = "There is no such example. Please reload the page."
REFRESHES = RequestSequencer()  # when each reader last asked for another answer


@dataclass(frozen=True)
class PageState:
    """What the page shows of an answer: all that depends on network, picture and changes."""

    address: str
    about: str  # the network in words
    chosen: dict[str, Any]  # what the bar shows of network and picture, see `ChosenView`
    answer: str
    probabilities: str
    judgement: str
    seen: str
    stability: str
    strip: dict[str, Any]
    grid: dict[str, Any]
    channel: dict[str, Any]
    whatif: dict[str, Any]


@dataclass(frozen=True)
class Started:
    """The page as it is opened."""

    model: Any
    compared: Any
    tabs: Any
    shown: ShownPicture
    share: dict[str, Any]
    state: PageState
    drawn: Drawn


@dataclass(frozen=True)
class WentBack:
    """The page after its reader has gone back or forward."""

    model: str
    tabs: Any
    shown: ShownPicture
    state: PageState


@dataclass(frozen=True)
class Cleared:
    """The page after a file that is no picture."""

    picture: Any
    state: PageState


def page_state(view: View, made: Inference, session: str | None = None) -> PageState:
    """What the page shows of an inference; the view's step and channel are kept where they exist."""
    explored = step_view.show(replace(view, edits=what_if.text(made)), made)
    return PageState(
        address=explored.address,
        about=facts(view.model),
        chosen=_chosen(view.model, made.picture, session),
        answer=predict.answer(made),
        probabilities=predict.probabilities(made),
        judgement=knows(made),
        seen=predict.seen(made),
        stability="",
        strip=explored.strip,
        grid=explored.grid,
        channel=explored.channel,
        whatif=what_if.bar(made),
    )


def no_state(view: View, why: str = "", session: str | None = None) -> PageState:
    """What the page of a session shows without a picture; `why` there is none, as HTML."""
    return PageState(
        address=view.query(),
        about=facts(view.model),
        chosen=_chosen(view.model, None, session),
        answer=f'<div class="no-answer">{why}<p class="quiet">{NO_PICTURE}</p></div>',
        probabilities="",
        judgement="",
        seen="",
        stability="",
        strip={},
        grid={"message": NO_PICTURE},
        channel={},
        whatif={},
    )


def _chosen(model: str, picture: Image.Image | None, session: str | None) -> dict[str, Any]:
    found = {"network": title(model), "about": lines(session), "thumbnail": thumbnail(picture) if picture else ""}
    return found | given_names(model, session)


def refreshed(view: View, picture: Image.Image | None, session: str | None = None) -> PageState:
    """The state of the page of a session for a view and a picture.

    Raises:
        UserError: no such network.
    """
    return no_state(view, session=session) if picture is None else page_state(view, infer(view, picture), session)


def opening(tab: str) -> list[Any]:
    """What opens a tab: values for the row of areas, and for the tabs within each area in the order of `AREAS`."""
    area = next(area for area in AREAS if tab in area.tabs)
    return [gr.Tabs(selected=area.name), *(gr.Tabs(selected=tab) if each is area else gr.skip() for each in AREAS)]


@user_errors
def refresh(query: str, model: str, picture: Image.Image | None, asked: float | None, request: gr.Request) -> Any:
    """The page for another network or picture, if it is what the reader asked for last."""
    view, before = View.of_page(query, model), View.parse(query).model

    def renewed() -> PageState:
        there = view if picture is None else moved(view, before, picture)
        return refreshed(there, picture, request.session_hash)

    return if_latest(REFRESHES, asked, request, renewed)


def renewed_view(view: View, picture: Image.Image | None, asked: float | None, request: gr.Request) -> Any:
    """The page's `PageState` for a view; nothing changes where the reader has asked something newer by then."""
    return if_latest(REFRESHES, asked, request, lambda: refreshed(view, picture, request.session_hash))


@user_errors
def start(picture: Image.Image | None, kept: str, own: str, first: str, request: gr.Request) -> Started:
    """What the address asks for, as far as it exists; and what of it does not.

    Args:
        picture: what the page shows already; None when it has just been opened.
        kept: the file that this tab of the browser showed before, where that was a picture of one's own; or "".
        own: names of the visitor's own networks, as `demo.private.networks.known_to_browser` reads them.
        first: the file of the first example, in the folder of uploads, which a page shows where nothing else is asked.
        request: with the address.
    """
    query = str(request.query_params)
    private.remember(private.known_to_browser(own), request.session_hash)
    view = _asked(query, request.session_hash)
    offered = choices(request.session_hash)
    found = picture_id.restored(view.picture)
    owned = _own(kept) if view.picture == picture_id.OWN else None
    begun = _first(first) if picture is None or (view.crop and not view.picture) else None
    there = (kept, owned) if owned else begun if view.crop and not view.picture else None
    shown, seen = _shown(view, found, there)
    if seen is None and begun:
        shown, seen = replace(shown, picture=begun[0]), begun[1]
    state = refreshed(view, seen or picture, request.session_hash)
    return Started(
        model=gr.Radio(offered, value=view.model),
        compared=gr.CheckboxGroup(offered, value=[view.model]),
        tabs=opening(view.tab),
        shown=replace(shown, origin="") if owned else shown,
        share={"told": links.lost_in_words(query, View.parse(state.address), "" if owned else found.refusal)},
        state=state,
        # Worked out when the tab is opened, unless the address opens it at once.
        drawn=curves.compare([view.model]) if view.tab == "curves" else skipped(Drawn),
    )


@user_errors
def back(picture: Image.Image | None, asked: float | None, first: str, event: gr.EventData, request: gr.Request) -> Any:
    """The view of the address that the reader went back or forward to, if nothing else was asked for since.

    A page that has lost the answer to `start` asks for it so, too, and gets the first example from here.
    """
    data = payload(event)

    def restored() -> WentBack:
        view = _asked(data.get("query"), request.session_hash)
        found = picture_id.restored(view.picture, data.get("picture"))
        if found.refusal:
            gr.Info(OWN_IS_GONE if view.picture == picture_id.OWN else found.refusal)
        begun = _first(first) if picture is None and data.get("picture") != picture_id.OWN else None
        file, crop = text(data, "file") or (begun[0] if begun else ""), Crop.parse(data.get("crop"))
        stays = not found.refusal and found.truth is None and view.crop != crop
        shown, seen = _shown(view, found, (file, _own(file)) if stays else None)
        if seen is None and begun:
            shown, seen = replace(shown, picture=begun[0]), begun[1]
        state = refreshed(view, seen or picture, request.session_hash)
        return WentBack(view.model, opening(view.tab), shown, state)

    return if_latest(REFRESHES, asked, request, restored)


def _first(file: str) -> tuple[str, Image.Image]:
    """The first example: its file in the folder of uploads, or, where that has gone, the one it was copied from."""
    picture = _own(file)
    if picture:
        return file, picture
    path = next(iter(examples.examples().values()))
    return path, open_image(path)


def _own(path: str) -> Image.Image | None:
    """The picture in a file that somebody gave before, if the server still has it."""
    try:
        return opened(path) if path else None
    except (gr.Error, OSError, ValueError):  # no file, or nothing that could name one
        return None


def _shown(
    view: View, found: picture_id.Restored, there: tuple[str, Image.Image | None] | None
) -> tuple[ShownPicture, Image.Image | None]:
    """The picture of an address, and the square of it that the views show; None: what is there stays, as it is.

    Args:
        there: file and picture that the page has already, where the address is about it.
    """
    shown, whole = (found.picture, found.picture) if found.picture else there or (None, None)
    crop = view.crop if holds("file types") else None
    origin = gr.skip() if found.truth is None else found.truth
    if whole is None:
        return ShownPicture(gr.skip(), origin), None
    return ShownPicture(CroppedPicture(shown, crop) if crop else shown, origin), cropped(whole, crop)


def _asked(query: object, session: str | None) -> View:
    """The view of an address; a visitor's own network, which it names, is in the page's lists from now on."""
    view, names = View.parse(query), model_zoo.names()
    if private.is_there(view.model):
        private.remember([view.model], session)
        names = [*names, view.model]
    return view.settle(names, model_zoo.names()[0])


@user_errors
def clear(query: str, model: str, file: Any) -> Any:
    """After a file that is no picture: none is left in the box, and the reason stands where the answer would.

    Args:
        query, model: what the page shows.
        file: as the page sends it; where it is a picture, something else failed, and everything stays.
    """
    try:
        opened(path_of(file))
    except gr.Error as error:
        return Cleared(None, no_state(View.of_page(query, model), f"<p>{escape(str(error.message))}</p>"))
    return gr.skip()


@user_errors
def uploaded(picture: Image.Image | None) -> ShownPicture:
    """The picture that the button took, which has no name; the picture before stays when it is none."""
    return ShownPicture(given(picture), "")


@user_errors
def example(event: gr.EventData) -> ShownPicture:
    """The path of the example that was chosen, and its name."""
    paths = list(examples.examples().values())
    index = payload(event).get("index")
    if not is_whole(index) or index >= len(paths):
        raise UserError(NO_EXAMPLE)
    return ShownPicture(paths[index], picture_id.tag(picture_id.example_name(index)))


@user_errors
def test_picture() -> ShownPicture:
    """A random test picture, its name and its true class."""
    number = random.randrange(len(examples.test_set()[0]))
    picture, words = examples.random_test_picture(number)
    return ShownPicture(picture, picture_id.tag(picture_id.sample_name(*picture_id.QUICK, number), escape(words)))


@user_errors
def survey_picture(file: Any) -> list[Any]:
    """Opens the survey with the page's picture: values for the rows of tabs, and the file for the survey.

    Args:
        file: the picture, as the page sends it.

    Raises:
        UserError: there is none, or it is no longer there.
    """
    path = path_of(file)
    # The page may hold a smaller copy of what somebody gave.
    return [*opening("photos"), given_file(given(opened(path))) or path]
