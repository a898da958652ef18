"""What happens when somebody does something in the Explore tab."""

import gradio as gr
import pytest
from PIL import Image

from demo.core.outputs import skipped
from demo.core.view import View
from demo.tabs.explore import handlers
from demo.tabs.explore.step_view import Explored
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE


def test_picking_a_channel_sends_only_the_channel(picture: Image.Image) -> None:
    event = gr.EventData(None, {"step": "conv2", "channel": 9})
    found = handlers.detail(f"?model={SHIPPED[0]}&step=conv2", SHIPPED[0], picture, event)
    assert View.parse(found.address) == View(model=SHIPPED[0], step="conv2", channel=9)
    assert found.channel["channel"] == 9 and found.channel["step"] == "conv2"
    whole = handlers.pick(found.address, SHIPPED[0], picture, event)
    assert whole.address == found.address and whole.channel == found.channel


def test_picking_a_step_keeps_a_channel_that_exists_there(picture: Image.Image) -> None:
    def pick(step: str) -> View:
        query = f"?model={SHIPPED[0]}&step=conv2&channel=40"
        found = handlers.pick(query, SHIPPED[0], picture, gr.EventData(None, {"step": step}))
        view = View.parse(found.address)
        assert found.strip["step"] == found.grid["step"] == found.channel["step"] == view.step
        return view

    assert (pick("relu2").step, pick("relu2").channel) == ("relu2", 40)
    assert (pick("conv1").step, pick("conv1").channel) == ("conv1", 0)  # it has 32
    assert pick("nonsense").step == "conv1"


def test_the_tab_catches_up_with_the_address(picture: Image.Image) -> None:
    found = handlers.catch_up("?step=conv2&channel=9&lane=pictures", SHIPPED[0], picture)
    assert View.parse(found.address) == View(SHIPPED[0], step="conv2", channel=9, lane="pictures")
    assert found.strip["step"] == found.grid["step"] == found.channel["step"] == "conv2"
    assert found.grid["channel"] == found.channel["channel"] == 9
    assert handlers.catch_up("?step=conv2", SHIPPED[0], None) == skipped(Explored)


def test_the_list_of_networks_counts_and_not_the_address(picture: Image.Image) -> None:
    event = gr.EventData(None, {"step": "conv1"})
    found = handlers.pick("?model=another&step=conv2", SHIPPED[0], picture, event)
    assert View.parse(found.address).model == found.grid["model"] == SHIPPED[0]


@pytest.mark.parametrize("model", ["nonsense", HOSTILE, None, 5, [], ["cifar10-cnn"], {}])
@pytest.mark.parametrize("handler", [handlers.pick, handlers.detail, handlers.inspect, handlers.film])
def test_an_unknown_network_is_refused(model: object, handler, picture: Image.Image) -> None:
    place = {"step": "conv1", "channel": 0, "row": 0, "column": 0}
    with pytest.raises(gr.Error) as refusal:
        handler("?", model, picture, gr.EventData(None, place))
    assert "There is no network named" in refusal.value.message
