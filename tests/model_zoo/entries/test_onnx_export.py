"""Networks as ONNX files, read back as somebody who has nothing but the file does."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision.datasets import CIFAR10
from torchvision.models import resnet18

import model_zoo
from demo.pictures.patterns import PATTERNS, gradio_photographs
from model_zoo import Model
from model_zoo.entries import onnx_export
from tests.conftest import ROOT, SHIPPED_BY_TIME
from tests.model_zoo.conftest import card

BATCHES = [1, 7]


@pytest.fixture(scope="module", params=SHIPPED_BY_TIME)
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    """A shipped network and its file, in a folder that had to be made."""
    model = model_zoo.load(request.param)
    path = tmp_path_factory.mktemp("onnx") / "new" / "folder" / f"{request.param}.onnx"
    onnx_export.export(model, path)
    return model, path


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def about(path: Path) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in session(path).get_modelmeta().custom_metadata_map.items()}


def expect_same(path: Path, net: nn.Module, inputs: Tensor) -> None:
    """The file answers as the network does, to pictures one at a time and seven at a time."""
    running = session(path)
    for count in BATCHES:
        part = inputs[:count]
        assert len(part) == count
        with torch.inference_mode():
            logits = net(part)
        probabilities, raw = running.run(["probabilities", "logits"], {"pictures": part.numpy()})
        assert probabilities.dtype == np.float32 and probabilities.shape == tuple(logits.shape)
        assert np.abs(probabilities - logits.softmax(1).numpy()).max() < 1e-4
        assert np.abs(raw - logits.numpy()).max() < 1e-3
        assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def prepared(model: Model, pictures: list[Image.Image]) -> Tensor:
    return torch.cat([model.prepare(picture) for picture in pictures])


def test_photographs_and_patterns_get_the_same_answers(shipped: tuple[Model, Path]) -> None:
    model, path = shipped
    pictures = [Image.open(file) for file in gradio_photographs().values()] + [draw() for draw in PATTERNS.values()]
    expect_same(path, model.net, prepared(model, pictures[-7:]))
    (probabilities,) = session(path).run(["probabilities"], {"pictures": model.prepare(pictures[0]).numpy()})
    assert dict(zip(model.classes, probabilities[0], strict=True)) == pytest.approx(
        dict(model.predict(pictures[0])), abs=1e-4
    )


def test_real_test_pictures_get_the_same_answers(shipped: tuple[Model, Path], cifar10_folder: Path) -> None:
    model, path = shipped
    pictures = CIFAR10(str(cifar10_folder), train=False).data[:7]
    expect_same(path, model.net, prepared(model, [Image.fromarray(picture) for picture in pictures]))


def test_the_file_says_how_to_use_it(shipped: tuple[Model, Path]) -> None:
    model, path = shipped
    facts = about(path)
    assert facts["name"] == model.name and facts["title"] == model.title
    assert tuple(facts["classes"]) == model.classes
    assert facts["preprocessing"] == model.card["preprocessing"]
    assert set(facts["preprocessing"]) - {"window", "window_metres"} == {"size", "crop", "mean", "std", "interpolation"}
    test = model.card["metrics"].get("test", {})  # of a network that was trained elsewhere nothing was measured so
    assert facts["test_accuracy"] == test.get("accuracy") and facts["test_pictures"] == test.get("pictures")
    assert facts["command"] == model.card["environment"]["command"]
    assert facts["sha256"] == model.card["sha256"]
    (pictures,) = session(path).get_inputs()
    assert pictures.name == "pictures" and pictures.type == "tensor(float)"
    assert pictures.shape[1:] == [3, model.size, model.size] and isinstance(pictures.shape[0], str)


def test_the_file_is_sound_and_tells_nothing_of_the_computer_that_wrote_it(shipped: tuple[Model, Path]) -> None:
    _, path = shipped
    onnx.checker.check_model(str(path), full_check=True)
    data = path.read_bytes()
    assert not [text for text in (b".py", b"site-packages", str(ROOT).encode(), b"Traceback") if text in data]
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # the weights are inside, nothing is left over


def test_the_example_of_the_readme_runs_with_the_file_alone(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (block for block in blocks if "onnxruntime" in block)
    model = model_zoo.load("cifar10-cnn")
    onnx_export.export(model, tmp_path / "cifar10-cnn.onnx")
    picture = PATTERNS["Circle"]().resize((301, 200))
    picture.save(tmp_path / "photo.jpg")
    blocked = "import sys\nfor name in ('torch', 'model_zoo', 'onnx'): sys.modules[name] = None\n"
    done = subprocess.run([sys.executable, "-c", blocked + example], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = {label: probability for probability, label in ast.literal_eval(done.stdout)}
    assert printed == pytest.approx(dict(model.predict(Image.open(tmp_path / "photo.jpg"))), abs=1e-4)
    assert next(iter(printed)) == model.predict(Image.open(tmp_path / "photo.jpg"))[0][0]


# ------------------------------------------------------------------------------------------------------ other networks


def model_of(net: nn.Module, size: int = 32, **changes: Any) -> Model:
    values = card() | {"sha256": "0" * 64} | changes
    values["preprocessing"] = values["preprocessing"] | {"size": size}
    return Model("mine", net, values, [], Path("nowhere"))


def inputs(size: int) -> Tensor:
    return torch.rand(7, 3, size, size, generator=torch.Generator().manual_seed(0))


def test_a_residual_network_with_normalisation(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = resnet18(num_classes=10)
        net(inputs(64))  # statistics of its own in the normalisation layers
    net.eval().to(memory_format=torch.channels_last)
    onnx_export.export(model_of(net, 64), tmp_path / "resnet.onnx")
    expect_same(tmp_path / "resnet.onnx", net, inputs(64))


def small() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout2d(), nn.Flatten(), nn.Linear(4 * 36, 10)
        )


def test_what_serves_training_alone_is_left_out_and_the_network_is_left_as_it_is(tmp_path: Path) -> None:
    net = small()
    net(inputs(8))
    assert net.training
    before = {name: value.clone() for name, value in net.state_dict().items()}
    onnx_export.export(model_of(net, 8), tmp_path / "small.onnx")
    assert net.training and all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    nodes = onnx.load(tmp_path / "small.onnx").graph.node
    assert "Dropout" not in {node.op_type for node in nodes}
    assert not [attribute for node in nodes for attribute in node.attribute if attribute.name == "training_mode"]
    expect_same(tmp_path / "small.onnx", net.eval(), inputs(8))


def test_a_card_without_figures_and_with_any_text(tmp_path: Path) -> None:
    title = 'half a character \ud800, a "quote", a null \0 and 图'
    model = model_of(small().eval(), 8, title=title)
    model.card["preprocessing"]["interpolation"] = None  # a card may say so; bicubic is what counts then
    del model.card["preprocessing"]["crop"]
    onnx_export.export(model, tmp_path / "x.onnx")
    facts = about(tmp_path / "x.onnx")
    assert facts["title"] == title
    assert facts["test_accuracy"] is None and facts["test_pictures"] is None and facts["command"] is None
    assert facts["preprocessing"]["interpolation"] == "bicubic"
    assert facts["preprocessing"]["crop"] == "largest centred square"


class Undecided(nn.Module):
    """Its graph depends on the values in the picture, which ONNX files of this kind cannot express."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :10] if x.sum() > 0 else x.flatten(1)[:, 10:20]


class TwoAtOnce(nn.Module):
    """Works on two pictures, no fewer and no more."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :10] + torch.ones(2, 10) * x.shape[0]


@pytest.mark.parametrize("network", [Undecided, TwoAtOnce])
def test_a_network_that_cannot_be_written_is_said_in_a_sentence_and_the_older_file_stays(
    network: type[nn.Module], tmp_path: Path
) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"older")
    with pytest.raises(onnx_export.ExportError, match=r"^The network mine cannot be written as ONNX: .+\.$") as refusal:
        onnx_export.export(model_of(network().eval()), path)
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == b"older" and len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "folder.onnx", tmp_path / "file" / "x.onnx"):
        with pytest.raises(OSError, match=re.escape(str(tmp_path))) as refusal:
            onnx_export.export(model_of(small().eval(), 8), path)
        assert refusal.value.strerror and not str(refusal.value.filename).endswith(".tmp")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder.onnx"]
