"""Every way to a network sees the same picture: the page's, Python's, the commands', the README's."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.pictures.decode import open_image, open_photo
from model_zoo import Model
from model_zoo.entries import onnx_export
from tests import photosets
from tests.conftest import ROOT, SECOND
from tests.pictures import EXACT, display_p3, marked, quarters, saved
from train.data import decode, photo_set
from train.tools import cut


def _greys() -> Image.Image:
    return Image.fromarray(np.asarray(Image.fromarray(quarters()).convert("L")).astype(np.uint16) * 257)


def _transparent() -> Image.Image:
    picture = Image.fromarray(quarters()).convert("RGBA")
    picture.putalpha(Image.fromarray(np.linspace(0, 255, 48, dtype=np.uint8)[None].repeat(32, 0)))
    return picture


FILES: dict[str, Callable[[Path], Path]] = {
    "on its side": lambda path: saved(
        path, Image.fromarray(np.rot90(quarters()).copy()), format="JPEG", exif=marked(6), **EXACT["JPEG"]
    ),
    "16-bit greys": lambda path: saved(path, _greys(), format="PNG"),
    "transparent": lambda path: saved(path, _transparent(), format="PNG"),
    "transparent greys": lambda path: saved(path, _transparent().convert("LA"), format="PNG"),
    "palette": lambda path: saved(
        path, Image.fromarray(quarters()).quantize(4), format="PNG", transparency=bytes([0, 99, 255, 255])
    ),
    "Display P3": lambda path: saved(path, Image.fromarray(quarters()), format="PNG", icc_profile=display_p3()),
    "Display P3, transparent": lambda path: saved(path, _transparent(), format="WEBP", icc_profile=display_p3()),
    "large": lambda path: saved(path, photosets.photo(3, True, 1000, 800), format="PNG"),
    "CMYK": lambda path: saved(path, Image.fromarray(quarters()).convert("CMYK"), format="JPEG"),
    "black and white": lambda path: saved(path, Image.fromarray(quarters()).convert("1"), format="PNG"),
}


@pytest.fixture(scope="module")
def model() -> Model:
    return model_zoo.load(SECOND)


@pytest.mark.parametrize("name", FILES)
def test_the_input_of_the_network_is_the_same(name: str, model: Model, tmp_path: Path) -> None:
    path = FILES[name](tmp_path / "photo.dat")
    data = path.read_bytes()
    page = model.prepare(open_image(path))
    seen = {
        "a picture from Image.open": model.prepare(Image.open(path)),
        "the answer command": model.prepare(decode.open_picture(data, model.size)),
        "a survey in the page": model.prepare(open_photo(path)),
        "a survey by command, cut tiles": model.prepare(cut.read_photo(path)),
    }
    for way, x in seen.items():
        assert np.array_equal(x, page), way
    trained = decode.centre(decode.open_picture(data, model.size), model.size)
    assert np.array_equal(np.asarray(trained), np.asarray(model.crop(Image.open(path))))
    assert model.predict(Image.open(path)) == model.predict(open_image(path))


def test_a_training_sees_it_too(model: Model, tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"train/a": 2, "train/b": 2})
    for name, write in FILES.items():
        write(folder / "train" / "a" / name)
    photos = photo_set.read(folder, 32, cache=tmp_path / "cache", tolerance=0.0)
    found = {}
    for part in (photos.train, photos.validation, photos.test):
        found |= dict(zip(part.names, part.pictures, strict=True))
    for name in FILES:
        expected = model.crop(open_image(folder / "train" / "a" / name))
        assert np.array_equal(found[f"train/a/{name}"], np.asarray(expected)), name


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_photo_decoded_in_part_differs_by_less_than_a_level(kind: str, model: Model, tmp_path: Path) -> None:
    photo = photosets.photo(3, True, 2400, 1800)
    path = saved(tmp_path / "photo", photo, format=kind, icc_profile=display_p3())
    whole, page = (np.asarray(model.crop(each), int) for each in (Image.open(path), open_image(path)))
    assert np.abs(whole - page).mean() < 1


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_readmes_lines_of_python_see_what_the_page_sees(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = (block for block in blocks() if "model.predict" in block)
    monkeypatch.chdir(tmp_path)
    for name, write in FILES.items():
        path = write(tmp_path / "photo.jpg")
        names: dict = {}
        exec(example, names)
        assert np.array_equal(names["x"], model.prepare(open_image(path))), name
        assert names["sums"].adds_up(names["value"]), name


def test_the_readmes_lines_for_onnx_see_what_the_page_sees(tmp_path: Path) -> None:
    (example,) = (block for block in blocks() if "onnxruntime" in block)
    network = model_zoo.load("cifar10-cnn")
    onnx_export.export(network, tmp_path / "cifar10-cnn.onnx")
    # Without what its readers may not have; and once per file, with the input that it has prepared saved.
    code = "import sys\nfor name in ('torch', 'model_zoo', 'onnx'): sys.modules[name] = None\nimport numpy\n"
    for number, write in enumerate(FILES.values()):
        write(tmp_path / f"{number}.jpg")
        lines = example.replace("photo.jpg", f"{number}.jpg")
        code += f"{lines}\nnumpy.save('{number}.npy', inputs['pictures'])\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for number, name in enumerate(FILES):
        expected = network.prepare(open_image(tmp_path / f"{number}.jpg")).numpy()
        levels = np.abs(np.load(tmp_path / f"{number}.npy") - expected).max() * 255 * 0.25
        assert levels < 1.5, (name, levels)  # where they round at another step
