"""Every training recipe: a network and how to train it, with what that reached.

`python -m train RECIPE --help` lists its values; every one can be overridden on the command line. What a recipe whose
network ships has reached stands in the card there (model_zoo/weights/NAME/README.md), too.
"""

from dataclasses import fields, replace
from typing import Any

from train.recipe_types import FastRecipe, PhotoRecipe, Recipe, ResNetRecipe, TalkRecipe

# The mean and standard deviation of CIFAR-10's 50,000 training pictures, per colour, on the scale 0..1.
CIFAR10_MEAN, CIFAR10_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
# Those of ImageNet, with which torchvision's weights were trained.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

FAST = FastRecipe(
    name="cifar10-fast",
    title="CIFAR-10 fast CNN",
    evidence="Test accuracy 93.13 %, sd 0.13 points (n=5 seeds); with the mean of six views 94.05 %, sd 0.07 points; "
    "4,219 s of training, sd 1,683, on one thread of an AMD EPYC (bfloat16) while other work shared the machine.",
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

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        TalkRecipe(
            name="cifar10-cnn",
            title="CIFAR-10 CNN",
            evidence="Test accuracy 76.53 %, sd 0.36 points (n=3 seeds); the shipped run took 4,062 s on one thread of "
            "an AMD EPYC (bfloat16) while other work shared the machine.",
        ),
        TalkRecipe(
            name="cifar10-cnn-regularised",
            title="CIFAR-10 CNN, regularised",
            evidence="Test accuracy 84.82 %, sd 0.57 points (n=3 seeds); the shipped run took 5,441 s on one thread of "
            "an AMD EPYC (bfloat16) while other work shared the machine.",
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
        replace(
            FAST,
            name="cifar10-fast-90",
            title="CIFAR-10 fast CNN, three epochs",
            evidence="Test accuracy 90.26 %, sd 0.22 points (n=3 seeds); 736 s of training, sd 89, on one thread while "
            "other work shared the machine.",
            epochs=3,
            whiten_epochs=1.125,
        ),
        replace(
            FAST,
            name="cifar10-fast-76",
            title="CIFAR-10 fast CNN, one epoch",
            evidence="Test accuracy 78.47 %, sd 1.16 points (n=3 seeds); 260 s of training, sd 59, on one thread while "
            "other work shared the machine.",
            epochs=1,
            whiten_epochs=0.375,
        ),
        ResNetRecipe(
            name="cifar10-resnet",
            title="CIFAR-10 ResNet-9",
            evidence="Test accuracy 92.14 % (n=1 seed); 4,780 s of training on one thread of an AMD EPYC (bfloat16) "
            "while other work shared the machine.",
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
            evidence="From scratch on Sosnowsky's hogweed: test ROC AUC 0.9325, sd 0.0066 (n=3 seeds, one block "
            "held out). The network that ships had a warm start and two teachers: 0.9474, sd 0.0015 (n=3 seeds), "
            "1,334 s of training, sd 34, on one thread of an AMD EPYC (bfloat16) while other work shared the machine.",
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


def defaults(name: str) -> dict[str, Any]:
    """Field name -> default of the recipe of that name, or of any recipe.

    Fields that only others have are among them: cards may be older than the shape of a recipe.
    """
    kinds = dict.fromkeys(type(recipe) for recipe in RECIPES.values())
    own = [type(RECIPES[name])] if name in RECIPES else []
    return {f.name: f.default for kind in (*kinds, *own) for f in fields(kind)}
