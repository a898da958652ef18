"""Every event that gets the page's picture is about the chosen square of it: it answers as for a file of that square.

Asked of a running page over HTTP, as a browser asks; which events there are, the page itself says.
"""

import io
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from demo.core.crop import Crop
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from tests.conftest import SHIPPED
from tests.helpers import send, upload
from tests.model_zoo.onnx_graph.files import plain

NAME = SHIPPED[0]
CROP = Crop(667, 0, 1000)
# What all of these events carry together; each takes what it knows.
DATA = {"step": "conv2", "channel": 3, "row": 4, "column": 5, "chosen": True, "ticket": 1, "token": 1, "kind": "model"}
DATA |= {
    "query": f"?model={NAME}&step=conv2",
    "text": "conv2.5:off",
    "add": "conv2.5:off",
    "method": "grad-cam",
    "label": "",
    "lesson": "numbers",
    "card": 1,  # asks for a pixel
    "numbers": ["1"],
}
# These ask nothing about what is in the picture: the file's name is looked at, the line of code, a training's progress.
# "steady" speaks only where copies get other answers, "ask" keeps the picture for later questions.
ALIKE = {"ask", "clear", "line", "look", "steady"}
NAMES_OF_ONE_VISITOR = r'"(name":"private:|token":"|serial":)[^",}]*'
WHOLE = {"survey_picture"}  # a survey is of the whole photo, as it says


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def files(address: str) -> dict[str, dict[str, Any]]:
    """A panorama with another drawing at either end: as it is, with a crop, and what that crop is as a file alone."""
    first, last = (open_image(DRAWINGS[f"Drawing of a {name}"].path).resize((96, 96)) for name in ("ship", "frog"))
    whole = Image.new("RGB", (288, 96), "white")
    whole.paste(first, (0, 0))
    whole.paste(last, (192, 0))
    sent = upload(address, "whole.png", png(whole))
    part = upload(address, "part.png", png(whole.crop(CROP.box(*whole.size))))
    return {"whole": sent, "cropped": sent | {"mime_type": f"image/png;crop={CROP}"}, "part": part}


def events(config: dict[str, Any], component: int) -> list[dict[str, Any]]:
    """Those with a handler on the server that get the value of a component."""
    return [event for event in config["dependencies"] if component in event["inputs"] and event["backend_fn"]]


def without_times(found: Any) -> str:
    text = re.sub(r"\d+(\.\d+)? m?s\b", "", str(found))
    return re.sub(r"'(duration|average_duration|url|path)': [^,}]*", "", re.sub(NAMES_OF_ONE_VISITOR, "", text))


@pytest.mark.slow
def test_every_event_with_the_picture_answers_about_the_square(address: str, files: dict[str, dict[str, Any]]) -> None:
    config = httpx.get(f"{address}/config").json()
    parts = {part["id"]: part["props"] for part in config["components"]}
    ids = {props.get("elem_id"): number for number, props in parts.items()}
    found = events(config, ids["picture"])
    names = {re.sub(r"_\d+$", "", event["api_name"]) for event in found}
    wanted = {"refresh", "pick", "inspect", "wanted", "explain", "shake_picture", "sheet", "numbers", "start", "add"}
    assert wanted | {"checked"} <= names
    network = {"order": {"file": upload(address, "tiny.onnx", plain())["path"]}}  # each answer is another visitor's

    def answer(event: dict[str, Any], which: str) -> str:
        known = {ids["address"]: f"?model={NAME}&step=conv2", ids["model"]: NAME, ids["picture"]: files[which]}
        data = [known.get(number, parts[number].get("value")) for number in event["inputs"]]
        success, output = send(address, event["id"], data, DATA | network)
        assert success, (event["api_name"], output)
        return without_times(output["data"])

    for event in found:
        name = re.sub(r"_\d+$", "", event["api_name"])
        square = answer(event, "cropped")
        if name in WHOLE:
            assert square == answer(event, "whole")
            continue
        assert square == answer(event, "part"), event["api_name"]
        assert name in ALIKE or square != answer(event, "whole"), event["api_name"]
