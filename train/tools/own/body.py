"""A trained network without its last linear layer: the frozen body whose features a head of one's own reads."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo import Model, walk
from model_zoo.common.lru_cache import LRUCache
from model_zoo.entries.architectures import LIBRARY, ONNX
from model_zoo.graph.step import Step, answer
from model_zoo.model import logits
from train.data.cifar10 import DataError
from train.tools.own.head import Head, Pause, no_pause
from train.tools.own.pictures import OwnPicture

BATCH_PIXELS = 2**19  # of pictures that pass together, at the body's size: ten of 224 x 224
KEPT_BYTES = 200_000_000  # of features, of all bodies together: 40,000 pictures of 1,280 values
EXACT = 1e-4  # share by which the answer may differ from a constant times what the last linear layer gives

_features: LRUCache[Tensor] = LRUCache(KEPT_BYTES, lambda values: values.nbytes)


@dataclass(frozen=True, eq=False)
class Body:
    """One network at one size of pictures. It serves any number of threads: nothing in it changes."""

    model: Model  # its card says the size that pictures are brought to
    trunk: nn.Module  # a copy that gives `factor` x the features, float32 (N, width)
    head: str  # the path of the last linear layer in the network
    width: int  # features
    factor: float  # by which the network multiplies what that layer gives; 1 in most
    has_bias: bool  # whether that layer has one

    @staticmethod
    def of(model: Model, size: int | None = None) -> "Body":
        """The body of an entry.

        Args:
            size: of the pictures that it gets, in pixels, where another than its own.

        Raises:
            DataError: nothing can be learned on it, in a sentence: it has no linear layer from whose output, but for a
                constant factor, its answer comes; it takes no pictures of that size; or no card can name it with
                another number of classes, as one of an ONNX file.
        """
        model = model if size in (None, model.size) else _at_size(model, size)
        _check_named(model)
        x = torch.zeros(1, 3, model.size, model.size)
        try:
            steps = walk(model.net, x + 0.5), walk(model.net, x - 0.5)
        except (RuntimeError, ValueError) as error:
            reason = (str(error).splitlines() or ["it cannot be run"])[0]
            raise DataError(f"{model.name} is no body for pictures of {model.size} pixels: {reason}") from error
        path, layer, last = _last_linear(model, steps[0])
        factor, same = (_factor(each, last) for each in steps)
        if factor is None or same is None or abs(factor - same) > EXACT * abs(factor):
            raise _unusable(model)
        trunk = deepcopy(model.net)
        trunk.set_submodule(path, _Through(layer.in_features, layer.out_features, device="meta"))
        return Body(model, trunk, path, layer.in_features, factor, layer.bias is not None)

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def size(self) -> int:
        return self.model.size

    @property
    def key(self) -> str:
        """Equal for equal features."""
        return f"{self.model.card['sha256']} {self.size}"

    @torch.inference_mode()
    def of_inputs(self, x: Tensor) -> Tensor:
        """Features float32 (N, width) of inputs (N, 3, size, size)."""
        given = logits(self.trunk, x.contiguous(memory_format=torch.channels_last))
        return (given / self.factor).float().clone()

    def missing(self, pictures: Sequence[OwnPicture]) -> list[OwnPicture]:
        """Those of the pictures whose features are not kept, which have to pass yet."""
        return [picture for picture in pictures if _features.find((self.key, picture.key)) is None]

    def features(self, pictures: Sequence[OwnPicture], pause: Pause = no_pause) -> Tensor:
        """Features float32 (N, width); those of a picture that passed before are kept.

        Args:
            pause: called after each batch; what it raises ends the work.

        Raises:
            PictureError: a file can no longer be read.
        """
        found = [_features.find((self.key, picture.key)) for picture in pictures]
        missing = [i for i, values in enumerate(found) if values is None]
        batch = max(1, BATCH_PIXELS // self.size**2)
        for at in range(0, len(missing), batch):
            some = missing[at : at + batch]
            x = torch.cat([self.model.prepare(pictures[i].load(self.size)) for i in some])
            for i, values in zip(some, self.of_inputs(x), strict=True):
                _features.keep((self.key, pictures[i].key), values.clone())
                found[i] = values
            pause()
        return torch.stack([values for values in found if values is not None])

    def named(self, classes: int) -> dict[str, Any]:
        """What a card calls the network with so many classes, as `model_zoo.entries.architectures` builds it."""
        named = self.model.card["net"]
        count = "num_classes" if named.get(LIBRARY) else "classes"
        return named | {"arguments": named.get("arguments", {}) | {count: classes}}

    def with_head(self, head: Head, classes: int) -> nn.Module:
        """The network with so many classes, which answers what the head says of its features; in eval mode."""
        net = deepcopy(self.model.net)
        layer = nn.Linear(self.width, classes, bias=self.has_bias)
        with torch.no_grad():
            layer.weight.copy_(head.weight / self.factor)
            if self.has_bias:
                layer.bias.copy_(head.bias / self.factor)
        net.set_submodule(self.head, layer)
        return net.requires_grad_(False).eval()


class _Through(nn.Linear):
    """A layer that gives what it gets; networks may ask it for the numbers of its features."""

    def forward(self, input: Tensor) -> Tensor:
        return input


def _check_named(model: Model) -> None:
    """DataError where no card can name the network with another number of classes."""
    named = model.card["net"]
    if named.get("file") and named.get(LIBRARY) != ONNX:
        return
    source = "it came as an ONNX file" if named else "it stands in the memory of a program alone"
    raise DataError(
        f"{model.name} cannot be the body of a network for own classes: {source}, so that it cannot be built again "
        "with other classes."
    )


def _at_size(model: Model, size: int) -> Model:
    values: dict[str, Any] = model.card["preprocessing"] | {"size": size}
    # What a tile of the entry's own data shows, for surveys, holds for its own size and classes alone.
    return replace(model, card=model.card | {"preprocessing": values})


def _last_linear(model: Model, steps: Sequence[Step]) -> tuple[str, nn.Linear, str]:
    """Path, layer and step of the last linear layer before the answer, along the way that the answer comes."""
    by_name = {step.name: step for step in steps}
    paths = {id(module): path for path, module in model.net.named_modules()}
    here: Step | None = answer(steps)
    while here is not None:
        if isinstance(here.module, nn.Linear) and here.output.dim() == 2:
            uses = [step for step in steps if step.module is here.module]
            if len(uses) > 1:
                break
            return paths[id(here.module)], here.module, here.name
        here = by_name.get(here.inputs[0]) if len(here.inputs) == 1 else None
    raise _unusable(model)


def _factor(steps: Sequence[Step], last: str) -> float | None:
    """What the network multiplies the output of a step by to make its answer; None where it does something else."""
    given = next(step.output for step in steps if step.name == last).double()
    made = answer(steps).output.double()
    if given.shape != made.shape:
        return None
    factor = float((given * made).sum() / given.square().sum().clamp(min=1e-30))
    exact = (made - factor * given).abs().max() <= EXACT * made.abs().max()
    return factor if factor and exact else None


def _unusable(model: Model) -> DataError:
    return DataError(
        f"{model.name} cannot be the body of a network for own classes: its answer does not come, up to a constant "
        "factor, from one linear layer on its features."
    )
