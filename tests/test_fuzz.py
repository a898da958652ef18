"""Values that no page sends, for all that the server answers: a part of what `python -m tests.bench fuzz` asks."""

from pathlib import Path

import pytest
from gradio_client import Client, handle_file

import model_zoo
from demo.pictures.decode import open_image
from demo.pictures.patterns import gradio_photographs
from tests.bench.serve import memory, server
from tests.bench.visitors.bench_fuzz import MOST_MB, broken, folders
from tests.conftest import SHIPPED

EACH = 2  # values that each event and each address gets


@pytest.mark.slow
@pytest.mark.faults(
    "A program sends every event and every address values that no page sends: numbers of all sizes, texts of all "
    "lengths, deep lists",
    "Each is answered in words; the server stays below 2 GB of memory, its log has no stack of calls, and the next "
    "picture is answered rightly",
)
def test_no_value_breaks_the_server(tmp_path: Path) -> None:
    log, photo = tmp_path / "log.txt", gradio_photographs()["Lion"]
    with log.open("w") as file, server("app.py", file, **folders(str(tmp_path))) as (address, _, pid):
        found = list(broken(address, pid, EACH))
        assert not found, "\n".join(found)
        assert memory(pid, "VmHWM") < MOST_MB  # the most that it has ever taken
        client = Client(address, verbose=False)
        answer = client.predict(SHIPPED[0], handle_file(photo), api_name="/predict")
        client.close()
    shares = {row["label"]: row["confidence"] for row in answer["confidences"]}
    assert shares == pytest.approx(dict(model_zoo.load(SHIPPED[0]).predict(open_image(photo))), abs=1e-5)
    assert "Traceback" not in log.read_text()
