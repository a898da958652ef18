"""What differs between trainings on CIFAR-10 and on photos: how a batch is made, what is to be learned, what counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from train.data import augment
from train.data.cifar10 import CIFAR10_CLASSES, CITATION, SOURCE, Images, normalise
from train.data.cifar10 import augment as shifted
from train.engine import metrics
from train.engine.distill import Teachers
from train.engine.distributed import World
from train.entry.card import CIFAR10, Subject
from train.recipe_types import Cifar10Recipe, FastRecipe, PhotoRecipe, Recipe

Batches = Callable[[Tensor], tuple[Tensor, Tensor]]


class TrainingTask(Protocol):
    """One kind of pictures to train on, and what is learned of them. `fit` knows nothing else of them."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def further(self) -> tuple[str, ...]:
        """What `figures` measures."""
        ...

    @property
    def in_memory(self) -> bool:
        """Whether all pictures are moved to the device before the first epoch."""
        ...

    @property
    def least(self) -> int:
        """A last batch with fewer pictures than this for each process becomes part of the one before."""
        ...

    def sample(self, train: Images, count: int) -> Images:
        """About so many training pictures that stand for all, the same ones each time, as large as the network's input.

        The pictures are bytes (N, 3, size, size).
        """
        ...

    def batches(self, train: Images, seed: int, epoch: int, world: World, on: torch.device) -> Batches:
        """For an epoch, a function from numbers of pictures to this process's share of that batch.

        It gives inputs, float32 (n, 3, size, size), changed by chance and normalised, and targets: class numbers (n,)
        or probabilities (n, classes). All randomness comes from torch's generator, so that processes agree.
        """
        ...

    def loss(self, outputs: Tensor, targets: Tensor, inputs: Tensor, batch: int, world: World) -> Tensor:
        """The loss whose gradient, averaged over the processes, is that of a whole batch of `batch` pictures.

        Args:
            outputs: logits (n, classes) of this process's share.
            targets, inputs: as `batches` gave them.
            batch: pictures in the batches of all processes together.
        """
        ...

    def figures(self, outputs: Tensor, labels: Tensor) -> dict[str, float]:
        """Further figures of an epoch, from outputs (N, classes) and class numbers (N,), both on the CPU."""
        ...

    def measure(
        self, outputs: Callable[[Images, int], Tensor], validation: Images | None, test: Images | None
    ) -> dict[str, Any]:
        """The card's metrics of finished weights.

        Args:
            outputs: gives the logits of pictures, averaged over so many views.
        """
        ...

    def subject(self) -> Subject:
        """What the card says of the pictures, and of the teachers where there are any."""
        ...

    def threshold(self, metrics: dict[str, Any]) -> float | None:
        """The probability from which the second of two classes is decided for, given the card's metrics."""
        ...


@dataclass(frozen=True)
class Source:
    """The pictures of a training, and what is learned of them."""

    task: TrainingTask
    train: Images
    validation: Images | None = None  # to choose the best epoch by; None: the last one counts
    test: Callable[[], Images] | None = None  # called once, after the last epoch; None to leave them for later
    facts: dict[str, Any] = field(default_factory=dict)  # data_size and data_sha256, for the card
    notes: tuple[str, ...] = ()  # what in the set is not as it should be
    numbers: Tensor | None = None  # of the training pictures in the whole training split; None: 0, 1, 2, ...


@dataclass(frozen=True)
class Cifar10:
    """CIFAR-10: small pictures of ten classes, all of which are held in memory."""

    recipe: Cifar10Recipe
    classes: tuple[str, ...] = CIFAR10_CLASSES
    further = ()
    in_memory = True
    least = 0

    def sample(self, train: Images, count: int) -> Images:
        return train.take(slice(0, count))  # they come in no order

    def batches(self, train: Images, seed: int, epoch: int, world: World, on: torch.device) -> Batches:
        recipe = self.recipe
        mirrored = _alternating(len(train), seed, epoch).to(on) if isinstance(recipe, FastRecipe) else None

        def batch(index: Tensor) -> tuple[Tensor, Tensor]:
            pictures, labels = train.pictures[index], train.labels[index]
            if recipe.shift or recipe.flip:
                which = mirrored[index] if mirrored is not None else None
                pictures = shifted(pictures, recipe.shift, recipe.flip, which)
            # All processes drew the same batch; each computes its share.
            return normalise(world.share(pictures), recipe.mean, recipe.std), world.share(labels)

        return batch

    def loss(self, outputs: Tensor, targets: Tensor, inputs: Tensor, batch: int, world: World) -> Tensor:
        summed, smoothing = isinstance(self.recipe, FastRecipe), self.recipe.label_smoothing
        if world.size == 1:
            reduction = "sum" if summed else "mean"
            return F.cross_entropy(outputs, targets, label_smoothing=smoothing, reduction=reduction)
        loss = F.cross_entropy(outputs, targets, label_smoothing=smoothing, reduction="sum") * world.size
        return loss if summed else loss / batch

    def figures(self, outputs: Tensor, labels: Tensor) -> dict[str, float]:
        return {}

    def measure(
        self, outputs: Callable[[Images, int], Tensor], validation: Images | None, test: Images | None
    ) -> dict[str, Any]:
        if test is None:
            return {}
        found = {"test": metrics.metrics(outputs(test, 1), test.labels, self.classes)}
        if self.recipe.views > 1:
            began = time.perf_counter()
            views = metrics.metrics(outputs(test, self.recipe.views), test.labels, self.classes)
            seconds = round(time.perf_counter() - began, 1)
            found["test_with_views"] = {"views": self.recipe.views, "seconds": seconds} | views
        return found

    def subject(self) -> Subject:
        data = {
            "name": CIFAR10,
            "source": SOURCE,
            "licence": "none stated by its authors; used widely for research and teaching",
            "citation": CITATION,
        }
        return Subject(self.classes, _preprocessing(32, self.recipe), data)

    def threshold(self, metrics: dict[str, Any]) -> float | None:
        return None


def _preprocessing(size: int, recipe: Recipe) -> dict[str, Any]:
    return {
        "size": size,
        "crop": "largest centred square",
        "mean": list(recipe.mean),
        "std": list(recipe.std),
        "interpolation": "bicubic",
    }


def _alternating(count: int, seed: int, epoch: int) -> Tensor:
    """Which pictures are mirrored in an epoch: half of them in the first, the other half in the second, and so on."""
    chance = torch.Generator().manual_seed(seed)
    first = torch.rand(count, generator=chance) < 0.5
    return first if epoch % 2 else ~first


@dataclass(frozen=True)
class Photos:
    """Photos of two or more classes, of which some may know the share that a plant covers; read from the disk."""

    recipe: PhotoRecipe
    classes: tuple[str, ...]
    weights: tuple[float, ...]  # of the classes in the loss
    data: dict[str, Any] = field(default_factory=dict)  # of the card
    teachers: Teachers | None = None
    positive: str = ""  # the class that the photos are about, where their table says whether it is there
    further = ("auc",)
    in_memory = False  # there may be more than fit
    least = 2  # batch norm cannot spread the only value of a 1x1 map

    def sample(self, train: Images, count: int) -> Images:
        chosen = train.take(slice(None, None, max(1, len(train) // count)))
        # The whole of each photo, in the size that the network is made for: they are kept larger.
        whole, size = torch.eye(2, 3)[None], self.recipe.size
        parts = (augment.resample(part, whole.expand(len(part), 2, 3), size) for part in chosen.pictures.split(64))
        pictures = torch.cat([part.round_().clamp_(0, 255).byte() for part in parts])
        return Images(pictures, chosen.labels, chosen.targets)

    def batches(self, train: Images, seed: int, epoch: int, world: World, on: torch.device) -> Batches:
        recipe = self.recipe
        if self.teachers:
            self.teachers.move(on)
        targets = train.targets
        assert targets is not None, "sources.of gives photos with what is to be learned of them"
        jitter = augment.Jitter(**{each.name: getattr(recipe, each.name) for each in fields(augment.Jitter)})

        def batch(index: Tensor) -> tuple[Tensor, Tensor]:
            affine = augment.places(len(index), jitter)
            matrix, contrast = augment.colours(len(index), jitter)
            affine, matrix, contrast, own = (world.share(each) for each in (affine, matrix, contrast, index.cpu()))
            pictures = augment.resample(train.pictures[own].to(on), affine.to(on), recipe.size)
            values = augment.recolour(pictures, matrix.to(on), contrast.to(on))
            return normalise(values.clamp_(0, 255), recipe.mean, recipe.std), targets[own].to(on)

        return batch

    def loss(self, outputs: Tensor, targets: Tensor, inputs: Tensor, batch: int, world: World) -> Tensor:
        weights = torch.tensor(self.weights, device=outputs.device)
        smoothing = self.recipe.label_smoothing
        loss = F.cross_entropy(outputs, targets, weights, label_smoothing=smoothing, reduction="sum")
        if self.teachers:  # their answers are as sure, and as often of each class, as they should be
            taught = F.cross_entropy(outputs, self.teachers.answers(inputs), reduction="sum")
            loss = loss.lerp(taught, self.recipe.teaching)
        return loss * world.size / batch

    def figures(self, outputs: Tensor, labels: Tensor) -> dict[str, float]:
        return {"auc": metrics.roc_auc(outputs, labels)}

    def measure(
        self, outputs: Callable[[Images, int], Tensor], validation: Images | None, test: Images | None
    ) -> dict[str, Any]:
        found, threshold = {}, self.recipe.threshold or 0.5
        if validation is not None:
            given = outputs(validation, 1)
            if len(self.classes) == 2 and not self.recipe.threshold:
                threshold = metrics.best_threshold(given, validation.labels)
            found["validation"] = metrics.photo_metrics(given, validation.labels, self.classes, threshold)
        if test is not None:
            found["test"] = metrics.photo_metrics(outputs(test, 1), test.labels, self.classes, threshold)
            if self.recipe.views > 1:
                views = outputs(test, self.recipe.views)
                views = metrics.photo_metrics(views, test.labels, self.classes, threshold)
                found["test_with_views"] = {"views": self.recipe.views} | views
        return found

    def subject(self) -> Subject:
        preprocessing, about = _preprocessing(self.recipe.size, self.recipe), dict(self.data)
        for side in ("window", "window_metres"):  # of what a tile shows in a whole photo, for surveys
            if side in about:
                preprocessing[side] = about.pop(side)
        teachers = tuple(self.teachers.card) if self.teachers else ()
        return Subject(self.classes, preprocessing, about, self.further, teachers, self.positive)

    def threshold(self, metrics: dict[str, Any]) -> float | None:
        if len(self.classes) != 2:
            return None
        return metrics.get("validation", {}).get("threshold", self.recipe.threshold or None)


def soft_share(cover: Tensor, full: float) -> Tensor:
    """The probability of "invasive" that is learned from the covered share of a tile, both 0..1.

    0 where nothing is covered, 1/2 at half of `full`, 1 from `full` on, and smooth between: 3 t^2 - 2 t^3 with
    t = cover / full ("smoothstep"). `full` is more than 0.
    """
    t = (cover / full).clamp(0, 1)
    return t * t * (3 - 2 * t)


def class_weights(targets: Tensor, balance: float) -> tuple[float, ...]:
    """(N / (K n_c)) ** balance for each of K classes with n_c of N pictures; their mean over the pictures is near 1."""
    counts = targets.double().sum(0).clamp(min=1)
    return tuple(((counts.sum() / (len(counts) * counts)) ** balance).tolist())
