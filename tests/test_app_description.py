"""What the page tells of itself before anybody asks: its parts and its texts, but nothing of the machine it runs on."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

import model_zoo
from demo.pictures.decode import open_image
from tests.bench.serve import server
from tests.browser.actions import FIRST_EXAMPLE
from tests.conftest import ROOT, SHIPPED, App
from tests.helpers import first_picture

DESCRIPTIONS = ("/", "/config", "/gradio_api/info", "/?model=nonsense", "/?picture=example:circle&crop=0,0,500")
PATH = re.compile(r"(?<![\w.:/<])/(?:[\w.@~+-]+/)+[\w.@~+-]+")


def paths_of_the_server(text: str, folders: list[str]) -> list[str]:
    """The texts in a description that name one of some folders, or any file or folder that is on this machine."""
    named = {match for match in PATH.findall(text) if Path(match).exists()}
    return sorted(named | {folder for folder in folders if folder in text})


def test_a_path_of_the_server_would_be_found() -> None:
    told = f'{{"path": "{ROOT}/app.py", "url": "http://127.0.0.1/gradio_api/file={sys.prefix}/bin"}}'
    assert paths_of_the_server(told, [str(ROOT)]) == sorted([str(ROOT), f"{ROOT}/app.py", f"{sys.prefix}/bin"])
    assert paths_of_the_server("<a href='/docs/x'>http://host/etc/passwd</a>", [str(ROOT)]) == []


@pytest.mark.parametrize("switch", ["", "1"])
def test_no_path_of_the_server_is_told(tmp_path: Path, switch: str) -> None:
    """Neither where Gradio is as it was read, nor where nothing of it can be relied on."""
    folder = str(tmp_path.resolve())
    places = {"GRADIO_TEMP_DIR": f"{folder}/gradio", "TMPDIR": folder, "CONVSCOPE_RUNS": f"{folder}/runs"}
    known = [folder, str(ROOT), sys.prefix, str(Path.home()), os.environ.get("CONVSCOPE_DATA") or folder]
    with server("app.py", CONVSCOPE_PLAIN_GRADIO=switch, **places) as (address, _, _):
        for part in DESCRIPTIONS:
            told = httpx.get(f"{address}{part}", timeout=60)
            assert told.status_code == 200 and len(told.text) > 2_000
            assert not paths_of_the_server(told.text.replace("\\/", "/"), known), part


def predicted(app: App, picture: dict[str, Any], folder: Path) -> dict[str, float]:
    """What the endpoint for programs says of a picture of the page, which is fetched from where the page shows it."""
    file = folder / "first.jpg"
    file.write_bytes(httpx.get(picture["url"], timeout=60).raise_for_status().content)
    client = Client(app.address, verbose=False)
    answer = client.predict(SHIPPED[0], handle_file(file), api_name="/predict")
    client.close()
    return {row["label"]: row["confidence"] for row in answer["confidences"]}


def test_the_page_gets_its_first_picture_all_the_same(app: App, tmp_path: Path) -> None:
    """Also where somebody has emptied the folder of uploads meanwhile."""
    expected = pytest.approx(dict(model_zoo.load(SHIPPED[0]).predict(open_image(FIRST_EXAMPLE))), abs=1e-5)
    first = first_picture(app.address)
    assert predicted(app, first, tmp_path) == expected
    shutil.rmtree(Path(first["path"]).parents[1])
    assert predicted(app, first_picture(app.address), tmp_path) == expected
