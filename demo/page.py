"""The page: layout and wiring. What is shown is worked out in the other files of this folder."""

from pathlib import Path
from typing import Any

import gradio as gr

import model_zoo
from demo.core import events
from demo.core.components import Address, Clock, ExamplePicker, ImageInput, NetworkChecks, NetworkRadio, PictureButton
from demo.core.handlers import ASKED, SILENT_EVENT, SPOKEN, tell_when_answered, user_errors
from demo.core.networks import NO_PICTURE, choices, facts
from demo.core.raw_events import NO_PROCESSING, raw_handler
from demo.pictures import examples as samples
from demo.pictures import picture_id
from demo.server import gradio_compat
from demo.server.paths import KEPT_SECONDS, SWEEP_SECONDS, cores
from demo.server.scheduler import alone
from demo.share import downloads, onnx, sharing
from demo.share.components import PictureOrigin
from demo.tabs.aerial import tab as photos
from demo.tabs.attribution import tab as why
from demo.tabs.compare import tab as lanes
from demo.tabs.curves import curves
from demo.tabs.curves import epochs as learning
from demo.tabs.data import tab as dataset
from demo.tabs.explore import tab as explore
from demo.tabs.explore.activation_max import activation_max
from demo.tabs.explore.channel import effective_field
from demo.tabs.explore.components import ChannelView, MapGrid, StepStrip
from demo.tabs.explore.inspector.components import Inspector, Player
from demo.tabs.explore.what_if import ablation
from demo.tabs.predict import predict
from demo.tabs.train import tab as training
from model_zoo.common.picture_file import accepted

STYLE = Path(__file__).parent / "static" / "page.css"
# The semi-bold file that Gradio 6.31 ships for this family has no Latin letters; the bold one has.
FONT = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))
THEME = gr.themes.Default(
    primary_hue="teal", neutral_hue="slate", font=[FONT, "ui-sans-serif", "system-ui", "sans-serif"]
).set(
    # The default greys are too faint on a projector.
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    color_accent="*primary_700",
    color_accent_soft="*primary_50",
    # White letters on the default teals have a contrast of 2.5 and 3.7 to 1.
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
)
# All handlers that run a network for an answer share one queue slot per core, each with one torch thread.
CONCURRENCY: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": cores()}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
# The answer is about another picture, network or change: what is out of sight asks for its own part when it comes into
# sight. The What-if bar's key names the three; the answer's words may stay the same, and change where there is no bar.
FRESH = """(bar) => {
    const key = bar?.key ?? '';
    if ((!key && !BARE) || window.convscopeFresh === `for ${key}`) return;
    window.convscopeFresh = `for ${key}`;
    window.dispatchEvent(new Event('convscope-fresh'));
}"""
PRIVACY = (
    "Your picture goes to the server that runs this page and is used for these views only; the file is deleted there "
    "within four hours."
)


def build() -> gr.Blocks:
    """The page, not yet launched."""
    names = model_zoo.names()
    if not names:
        raise RuntimeError("There is no usable network in model_zoo/weights; the log says why.")
    for name in names:
        model_zoo.load(name)
    examples = samples.examples()
    with gr.Blocks(title="ConvScope", analytics_enabled=False, delete_cache=(SWEEP_SECONDS, KEPT_SECONDS)) as page:
        gr.HTML(
            "<h1>ConvScope</h1><p>Pick a trained network, give it a picture, and see everything it does.</p>",
            elem_id="masthead",
            apply_default_css=False,
            js_on_load=None,
        )
        share = sharing.layout()
        address = Address("", elem_id="address", visible="hidden")
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=2, min_width=280, elem_id="side"):
                model = NetworkRadio(choices(), value=names[0], label="Network", elem_id="model")
                about = gr.HTML(facts(names[0]), elem_id="about", apply_default_css=False, js_on_load=None)
                onnx.button(model)
                picture = ImageInput(
                    next(iter(examples.values())),
                    label="Picture",
                    elem_id="picture",
                    type="filepath",
                    image_mode=None,
                    format="png",
                    sources=["upload", "webcam", "clipboard"],
                    buttons=["fullscreen"],
                    height=260,
                )
                choose = PictureButton(
                    f"Choose a picture ({accepted()})",
                    elem_id="choose",
                    variant="primary",
                    size="md",
                    # No file_types: the browser would judge by names; what a file is, the server tells by its contents.
                )
                chance = gr.Button(
                    "A random CIFAR-10 test picture",
                    elem_id="chance",
                    size="md",
                    interactive=samples.has_test_pictures(),
                )
                truth = PictureOrigin(
                    picture_id.tag("", "" if samples.has_test_pictures() else samples.NO_DATA), elem_id="truth"
                )
                shown = ExamplePicker(examples, elem_id="examples")
                gr.HTML(f'<p class="quiet">{PRIVACY}</p>', elem_id="privacy", apply_default_css=False, js_on_load=None)
            with gr.Column(scale=7, min_width=320), gr.Tabs(elem_id="tabs") as tabs:
                with gr.Tab("Predict", id="predict"):
                    with gr.Row():
                        with gr.Column(scale=3, min_width=300):
                            answer = gr.HTML(
                                html_template=SPOKEN, elem_id="answer", apply_default_css=False, js_on_load=None
                            )
                        with gr.Column(scale=2, min_width=260):
                            seen = gr.HTML(elem_id="seen", apply_default_css=False, js_on_load=None)
                    shake = gr.Button(
                        "How stable is this answer? Ask again for 200 slightly changed copies",
                        size="md",
                        elem_id="shake",
                    )
                    shaken = gr.HTML(elem_id="stability", apply_default_css=False, js_on_load=None)
                    downloads.below("answer seen stability")
                with gr.Tab("Explore", id="explore"):
                    whatif = ablation.layout()
                    strip = StepStrip({}, elem_id="strip")
                    with gr.Row(elem_id="maps"):
                        with gr.Column(scale=2, min_width=300):
                            grid = MapGrid({"message": NO_PICTURE}, elem_id="grid")
                        with gr.Column(scale=3, min_width=320):
                            channel = ChannelView({}, elem_id="channel")
                    value = Inspector({}, elem_id="inspector")
                    player = Player({}, elem_id="player")
                    exciting = activation_max.layout()
                    why_skips = ablation.below()
                with gr.Tab("Why", id="why"):
                    reasons = why.layout()
                    downloads.below("checks")
                with gr.Tab("Compare", id="compare"):
                    two = lanes.layout()
                with gr.Tab("Curves", id="curves") as curves_tab:
                    compared = NetworkChecks(
                        choices(), value=[names[0]], label="Networks to compare", elem_id="compared"
                    )
                    charts = gr.HTML(elem_id="charts", apply_default_css=False, js_on_load=None)
                    with gr.Row():
                        table = gr.DownloadButton("Download the numbers (CSV)", size="sm", elem_id="download")
                        figure = gr.DownloadButton("Download the charts for print (PNG)", size="sm", elem_id="figure")
                    epochs = learning.layout()
                with gr.Tab("Data", id="data"):
                    sets = dataset.layout()
                with gr.Tab("Photos", id="photos"):
                    field = photos.layout()
                with gr.Tab("Train", id="train"):
                    trainer = training.layout()

        everything = [address, about, answer, seen, shaken, strip, grid, channel, whatif.bar]
        state = [address, model, picture]
        drawn = [charts, table, figure]
        given = [picture, truth]
        opened = [model, compared, tabs, *given, share, *everything, *drawn]
        sharing.tell_when_restored(page.load(events.start, [picture], opened, **SILENT_EVENT, **CONCURRENCY))
        shaking = shake.click(events.shake_picture, [model, picture], shaken, **PRIVATE, **alone("stability"))
        # A late answer about the picture before must not appear under the new one.
        when = gr.Number(visible=False)
        anew: dict[str, Any] = {"fn": events.renewed, "inputs": [*state, when], "js": ASKED}
        anew |= (
            {"outputs": everything, "cancels": [shaking], "trigger_mode": "always_last"} | SILENT_EVENT | CONCURRENCY
        )
        # Not picture.change: that fires when the page opens as well, and its answer could overtake that of `start`.
        picture.input(events.forget_truth, None, truth, queue=False, **SILENT_EVENT)
        picture.input(**anew).failure(events.clear, state, [picture, *everything], preprocess=False, **SILENT_EVENT)
        choose.upload(events.uploaded, choose, [picture, truth], **SILENT_EVENT).success(**anew)
        shown.choose(events.example, None, [picture, truth], **SILENT_EVENT).success(**anew)
        chance.click(events.test_picture, None, [picture, truth], **SILENT_EVENT).success(**anew)
        model.input(**anew).then(events.add, [compared, model], compared, queue=False, **SILENT_EVENT)
        places = [model, tabs, *given, *everything]
        going_back = address.back(events.back, [picture, when], places, js=ASKED, **SILENT_EVENT, **CONCURRENCY)
        sharing.tell_when_restored(going_back)
        explored = [address, strip, grid, channel]
        for asked, handler, shows in (
            *((widget.pick, events.pick, explored) for widget in (strip, grid, channel)),
            (grid.detail, events.detail, [address, channel]),
            (value.explain, events.inspect, [address, value]),
            (player.film, events.film, player),
        ):
            often = NO_PROCESSING | SILENT_EVENT | CONCURRENCY
            tell_when_answered(asked(raw_handler(handler), state, shows, trigger_mode="multiple", **often))
        answer.change(None, whatif.bar, js=FRESH.replace("BARE", "true"), **PRIVATE)
        whatif.bar.change(None, whatif.bar, js=FRESH.replace("BARE", "false"), **PRIVATE)
        effective_field.wire(channel, state, **CONCURRENCY)
        downloads.wire(state, **CONCURRENCY)
        learning.wire(epochs, address, model, picture, explored, **CONCURRENCY)
        lanes.wire(two, page, address, model, picture, explored, **CONCURRENCY)
        for tab in tabs.children:
            tab.select(None, js=Address.SELECT.replace("TAB", tab.id), **PRIVATE)
        curves_tab.select(events.compare, compared, drawn, **SILENT_EVENT)
        compared.change(events.compare, compared, drawn, trigger_mode="always_last", **SILENT_EVENT)
        following = Clock("#charts", elem_id="follow")
        following.tick(events.renew, [following, compared], [compared, *drawn, following], **SILENT_EVENT)
        ablation.wire(whatif, why_skips, state, when, everything, **CONCURRENCY)
        activation_max.wire(exciting, address, model)
        why.wire(reasons, model, picture, **CONCURRENCY)
        training.wire(trainer, picture, truth, chance, model, compared, anew, **CONCURRENCY)
        photos.wire(field, model)
        dataset.wire(sets, picture, truth, model, anew)
        sharing.wire(share, tabs, picture, truth, anew)
        _api()
    gradio_compat.once(page)
    page.queue(max_size=64, default_concurrency_limit=cores(), api_open=False)
    return page


def _api() -> None:
    """The endpoints for programs; their fields are not shown in the page."""
    with gr.Row(visible=False):
        name, step = gr.Textbox(), gr.Textbox()
        picture = ImageInput(type="filepath", image_mode=None)
        some = gr.JSON()
        label, maps, rows = gr.Label(), gr.JSON(), gr.JSON()
        go = gr.Button()
    go.click(user_errors(predict.predict), [name, picture], label, api_name="predict", **CONCURRENCY)
    go.click(user_errors(explore.feature_maps), [name, picture, step], maps, api_name="feature_maps", **CONCURRENCY)
    go.click(user_errors(curves.curves), [some], rows, api_name="curves")
