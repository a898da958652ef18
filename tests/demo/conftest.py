"""Pictures and entries for the tests of the page's parts."""

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from demo import page
from tests.conftest import SHIPPED, WEIGHTS
from tests.pictures import noise

HOSTILE = "<script>alert('1')</script>&"


@pytest.fixture(scope="session")
def picture() -> Image.Image:
    """A picture that is not square and not of the network's size."""
    return noise(50, 40).resize((300, 200), Image.Resampling.BICUBIC)


@pytest.fixture
def hostile_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an entry whose every text is markup, as a stranger's run folder could have it."""
    runs = tmp_path / "runs"
    folder = Path(shutil.copytree(WEIGHTS / SHIPPED[0], runs / "<b>x"))
    card = json.loads((folder / "card.json").read_text())
    card |= {"name": HOSTILE, "title": HOSTILE, "classes": [HOSTILE + label for label in card["classes"]]}
    (folder / "card.json").write_text(json.dumps(card))
    monkeypatch.setenv("CONVSCOPE_RUNS", str(runs))
    return "<b>x"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the page, running within this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        blocks: gr.Blocks = page.build()
        _, url, _ = blocks.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, server_name="127.0.0.1")
        yield url.rstrip("/")
        blocks.close()


def somebody() -> gr.Request:
    """A request of a reader who has asked nothing before."""
    return gr.Request(session_hash=secrets.token_hex(8))
