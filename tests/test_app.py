"""`python app.py` in a process of its own, used as programs and strangers use it."""

import base64
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

import model_zoo
from demo.core.crop import Crop
from demo.core.networks import NO_PICTURE
from demo.pictures.decode import open_image
from demo.pictures.patterns import gradio_photographs
from demo.render.html import unpack
from tests.conftest import ROOT, SHIPPED, App
from tests.pictures import REFUSED, encoded, noise

PHOTO = gradio_photographs()["Lion"]
pytestmark = pytest.mark.usefixtures("at_most_one_line_of_log")


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        client = Client(app.address, verbose=False)
        yield client
        client.close()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Any]:
    """A function that writes a file and wraps its path for the client."""

    def write(name: str, data: bytes) -> Any:
        (tmp_path / name).write_bytes(data)
        return handle_file(tmp_path / name)

    return write


def probabilities(answer: dict[str, Any]) -> dict[str, float]:
    return {row["label"]: row["confidence"] for row in answer["confidences"]}


# ---------------------------------------------------------------------------------------------------- what it answers


@pytest.mark.parametrize("name", SHIPPED)
def test_predict_gives_what_the_network_gives(client: Client, name: str) -> None:
    answer = client.predict(name, handle_file(PHOTO), api_name="/predict")
    expected = dict(model_zoo.load(name).predict(open_image(PHOTO)))
    assert probabilities(answer) == pytest.approx(expected, abs=1e-5)
    assert answer["label"] == next(iter(expected))


@pytest.mark.parametrize("name", SHIPPED)
def test_feature_maps_gives_what_the_network_gives(client: Client, name: str) -> None:
    model = model_zoo.load(name)
    steps = {step.name: step for step in model_zoo.walk(model.net, model.prepare(open_image(PHOTO)))}
    chosen = list(steps)[4]
    answer = client.predict(name, handle_file(PHOTO), chosen, api_name="/feature_maps")
    expected = steps[chosen].output[0].numpy()
    assert np.abs(unpack(answer["maps"]) - expected).max() <= answer["maps"]["factor"] * 0.51
    assert [fact["name"] for fact in answer["steps"]] == list(steps)


def test_a_program_names_a_square_of_the_picture(client: Client) -> None:
    model, picture = model_zoo.load(SHIPPED[0]), open_image(PHOTO)
    square = picture.crop(Crop(0, 250, 500).box(*picture.size))
    given = SHIPPED[0], handle_file(PHOTO)
    expected = dict(model.predict(square))
    assert expected != dict(model.predict(picture))
    assert probabilities(client.predict(*given, crop="0,250,500", api_name="/predict")) == pytest.approx(expected)
    answer = client.predict(*given, "conv1", "0,250,500", api_name="/feature_maps")
    step = model_zoo.walk(model.net, model.prepare(square))[0]
    assert np.abs(unpack(answer["maps"]) - step.output[0].numpy()).max() <= answer["maps"]["factor"] * 0.51


@pytest.mark.parametrize(
    "crop", ["1,2", "a,b,c", "0,0,2000", "-1,0,500", "0,0,99", "0,0,500 ", "0.1,0,0.5", 5, [0, 0, 500]]
)
@pytest.mark.parametrize(("endpoint", "more"), [("/predict", ()), ("/feature_maps", ("conv1",))])
def test_what_is_no_square_is_refused(client: Client, crop: Any, endpoint: str, more: tuple[str, ...]) -> None:
    words = refusal(client, SHIPPED[0], handle_file(PHOTO), *more, crop, api_name=endpoint)
    assert "three whole numbers" in words


def test_a_request_made_by_hand_may_leave_the_square_out(app: App) -> None:
    files = {"files": ("p.png", encoded(noise(20, 20), "PNG"), "image/png")}
    path = httpx.post(f"{app.address}/gradio_api/upload", files=files, timeout=60).json()[0]
    for more in ([], ["0,0,500"]):
        data = [SHIPPED[0], {"path": path, "meta": {"_type": "gradio.FileData"}}, *more]
        address = f"{app.address}/gradio_api/call/predict"
        event = httpx.post(address, json={"data": data}, timeout=60).json()["event_id"]
        assert "event: complete" in httpx.get(f"{address}/{event}", timeout=60).text


def test_curves_gives_the_histories(client: Client) -> None:
    answer = client.predict(SHIPPED, api_name="/curves")
    for name in SHIPPED:  # JSON knows no NaN: what was not measured is None
        rows = model_zoo.load(name).history
        assert answer[name] == [
            {key: None if math.isnan(value) else value for key, value in row.items()} for row in rows
        ]


def test_the_endpoints_describe_themselves(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/predict", "/judge", "/feature_maps", "/curves"]
    assert all(facts["description"] for facts in endpoints.values())


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_any_size_and_kind_of_picture_gets_an_answer(client: Client, file, size: tuple[int, int], kind: str) -> None:
    answer = client.predict(SHIPPED[0], file("p", encoded(noise(*size), kind)), api_name="/predict")
    assert len(probabilities(answer)) == 10
    assert sum(probabilities(answer).values()) == pytest.approx(1)


def test_a_picture_lying_on_its_side_is_turned_upright(client: Client, tmp_path: Path) -> None:
    upright = open_image(PHOTO)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: shown after a quarter turn clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "p.png", exif=exif)
    answer = client.predict(SHIPPED[0], handle_file(tmp_path / "p.png"), api_name="/predict")
    assert probabilities(answer) == pytest.approx(dict(model_zoo.load(SHIPPED[0]).predict(upright)), abs=1e-5)


# ---------------------------------------------------------------------------------------------------- what it refuses


def refusal(client: Client, *values: Any, api_name: str = "/predict") -> str:
    with pytest.raises(AppError) as error:
        client.predict(*values, api_name=api_name)
    return str(error.value)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize(("endpoint", "more"), [("/predict", ()), ("/feature_maps", ("conv1",))])
def test_files_that_are_no_picture_are_refused_with_a_sentence(
    client: Client, tmp_path: Path, name: str, endpoint: str, more: tuple[str, ...]
) -> None:
    write, words = REFUSED[name]
    assert words in refusal(client, SHIPPED[0], handle_file(write(tmp_path / name)), *more, api_name=endpoint)


@pytest.mark.faults(
    "A picture of 20 kB says that it has billions of pixels",
    "It is refused in a sentence before it is decoded; the memory stays as it is",
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_decompression_bomb_takes_no_memory(client: Client, app: App, tmp_path: Path) -> None:
    def kilobytes(key: str) -> int:
        lines = Path(f"/proc/{app.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key))

    bomb = handle_file(REFUSED["bomb.png"][0](tmp_path / "bomb.png"))
    Path(f"/proc/{app.pid}/clear_refs").write_text("5")  # forget the highest memory use so far
    before = kilobytes("VmRSS:")
    assert "million pixels" in refusal(client, SHIPPED[0], bomb)
    assert kilobytes("VmHWM:") - before < 100_000


def test_no_picture(client: Client) -> None:
    assert refusal(client, SHIPPED[0], None) == NO_PICTURE
    assert refusal(client, SHIPPED[0], None, "conv1", api_name="/feature_maps") == NO_PICTURE


@pytest.mark.parametrize("name", ["nonsense", "", "../weights/cifar10-cnn", "<script>", "unfinished", 5, None, ["a"]])
@pytest.mark.parametrize("endpoint", ["/predict", "/curves"])
def test_unknown_networks(client: Client, name: Any, endpoint: str) -> None:
    """Also the half written one in the run folder."""
    values = [name, handle_file(PHOTO)] if endpoint == "/predict" else [[name]]
    text = refusal(client, *values, api_name=endpoint)
    assert text.endswith(".") and "Something went wrong" not in text
    assert any(words in text for words in ("There is no network named", "damaged or incomplete", "list of texts"))


def test_an_unknown_step(client: Client) -> None:
    text = refusal(client, SHIPPED[0], handle_file(PHOTO), "conv99", api_name="/feature_maps")
    assert "has no step 'conv99'. It has conv1, " in text


@pytest.mark.parametrize("names", ["cifar10-cnn", 5, None, {"a": 1}, True])
def test_names_that_are_no_list(client: Client, names: Any) -> None:
    assert "list of texts" in refusal(client, names, api_name="/curves")


def test_a_file_over_the_limit_is_refused_at_the_door(app: App) -> None:
    def upload(size: int) -> httpx.Response:
        data = encoded(noise(20, 20), "PNG").ljust(size, b"\0")
        return httpx.post(f"{app.address}/gradio_api/upload", files={"files": ("p.png", data, "image/png")}, timeout=60)

    assert upload(99_000_000).status_code == 200  # a zip of photos
    refused = upload(106_000_000)
    assert refused.status_code == 413 and "size" in refused.text


def test_a_picture_that_is_too_large_for_one_is_refused_with_a_sentence(client: Client, file) -> None:
    data = encoded(noise(20, 20), "PNG")
    assert "at most 10 MB" in refusal(client, SHIPPED[0], file("p.png", data.ljust(11_000_000, b"\0")))
    assert probabilities(client.predict(SHIPPED[0], file("q.png", data.ljust(9_000_000, b"\0")), api_name="/predict"))


def call(app: App, body: bytes | dict[str, Any]) -> tuple[int, str]:
    """Status, and text of the error, of a call of /predict with a body made by hand."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"{app.address}/gradio_api/call/predict"
    asked = httpx.post(address, content=content, headers={"Content-Type": "application/json"}, timeout=60)
    if asked.status_code != 200:
        return asked.status_code, asked.text
    answer = httpx.get(f"{address}/{asked.json()['event_id']}", timeout=60).text
    assert answer.startswith("event: error"), answer[:500]
    return 200, answer


def data_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_pictures_in_the_request_itself_are_refused_small_and_large(app: App) -> None:
    def status(url: str) -> tuple[int, str]:
        return call(app, {"data": [SHIPPED[0], {"url": url, "meta": {"_type": "gradio.FileData"}}]})

    code, text = status(data_url(encoded(noise(20, 20), "PNG")))
    assert code == 200 and "Please upload the picture as a file." in text
    code, text = status(data_url(bytes(10_000_000)))
    assert code == 413 and "larger than" in json.loads(text)["detail"]


def test_the_page_travels_compressed_and_a_picture_does_not(app: App) -> None:
    small, large = (
        httpx.get(app.address, headers={"Accept-Encoding": coding}, verify=False) for coding in ("gzip", "identity")
    )
    assert small.headers["content-encoding"] == "gzip" and "content-encoding" not in large.headers
    assert int(small.headers["content-length"]) < len(large.content) / 3
    assert len(small.content) == pytest.approx(len(large.content), rel=0.01)
    icon = httpx.get(f"{app.address}/favicon.ico", headers={"Accept-Encoding": "gzip"}, verify=False)
    assert icon.status_code == 200 and "content-encoding" not in icon.headers


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_answers_come_at_once_and_compressed_where_that_is_understood(app: App, coding: str) -> None:
    calls = httpx.get(f"{app.address}/config").json()["dependencies"]
    curves = next(call["id"] for call in calls if call["api_name"] == "curves")
    asked = {"fn_index": curves, "data": [[SHIPPED[0]]], "session_hash": f"stream-{coding}"}
    address, headers = f"{app.address}/gradio_api/queue", {"Accept-Encoding": coding}
    httpx.post(f"{address}/join", json=asked)
    with httpx.stream("GET", f"{address}/data", params={"session_hash": asked["session_hash"]}, headers=headers) as got:
        assert got.headers.get("content-encoding", "identity") == coding
        told = [json.loads(line[5:])["msg"] for line in got.iter_lines() if line.startswith("data:")]
    assert told[-2:] == ["process_completed", "close_stream"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"data": 5}', b'{"data": [' + b"1" * 5000 + b"]}"])
def test_bodies_that_are_no_request(app: App, body: bytes) -> None:
    code, _ = call(app, body)
    assert code in (400, 422)


def test_a_file_of_the_server_is_not_given_out(app: App) -> None:
    for path in ("/etc/passwd", str(ROOT / "app.py"), str(app.log)):
        assert httpx.get(f"{app.address}/gradio_api/file={path}").status_code in (403, 404)


# --------------------------------------------------------------------------------------------------- start and finish


@pytest.mark.faults(
    "A network in the run folder is half written",
    "It is left out of the lists, and the log says once what is missing",
)
def test_a_half_written_entry_is_left_out_and_logged_once(app: App, client: Client) -> None:
    config = httpx.get(f"{app.address}/config").json()
    picker = next(part["props"] for part in config["components"] if part["props"].get("elem_id") == "model")
    assert [name for _, name in picker["choices"]] == SHIPPED
    lines = [line for line in app.log.read_text().splitlines() if "unfinished" in line and "left out" in line]
    assert len(lines) == 1 and "model.safetensors" in lines[0]


@pytest.mark.faults(
    "The port is in use",
    "The server does not start; one line says which port, and which variable names another",
)
def test_it_tells_how_it_is_started() -> None:
    done = subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "GRADIO_SERVER_PORT" in done.stdout and not done.stderr


def test_a_port_in_use_is_said_in_a_sentence(app: App, tmp_path: Path) -> None:
    port = app.address.rpartition(":")[2]
    environment = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": port,
        "GRADIO_TEMP_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("ConvScope could not start:") and port in done.stderr
    assert "GRADIO_SERVER_PORT" in done.stderr
    assert httpx.get(app.address).status_code == 200


@pytest.mark.faults(
    "A setting in the environment makes no sense",
    "The server does not start; one line says which setting, and what it may be",
)
@pytest.mark.parametrize(("name", "value"), [("GRADIO_SERVER_PORT", "99999"), ("CONVSCOPE_MEMORY", "lots")])
def test_a_setting_that_cannot_be_understood_is_said_in_a_sentence(name: str, value: str) -> None:
    environment = os.environ | {name: value}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert name in done.stderr and value in done.stderr and len(done.stderr.splitlines()) == 1


def test_files_that_gradio_writes_beside_the_widgets_are_no_part_of_the_repository() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "demo/core/components.pyi", "demo/page.pyi"], cwd=ROOT, capture_output=True, text=True
    )
    if ignored.returncode == 128:
        pytest.skip("not a git checkout")
    assert ignored.stdout.split() == ["demo/core/components.pyi", "demo/page.pyi"]
