"""Every card of every lesson, done right and done wrong, for an example, a photograph and a picture of noise.

What is right is worked out here from the walk itself, or searched for as somebody would who tries.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

import model_zoo
from demo.core.view import View
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.tabs.learn.check import Check, Done, Here, Verdict
from demo.tabs.learn.lesson import FOLDER, Card, lessons
from demo.tabs.learn.targets import TARGETS
from tests.conftest import SHIPPED
from tests.pictures import noise

LANGUAGES = sorted(path.name for path in FOLDER.iterdir())
CARDS = [
    pytest.param(card, id=f"{language}-{lesson.name}-{number}")
    for language in LANGUAGES
    for lesson in lessons(language).values()
    for number, card in enumerate(lesson.cards, 1)
]
PICTURES = {
    "example": lambda: open_image(examples()["Drawing of a ship"]),
    "photo": lambda: open_image(examples()["Cheetah"]),
    "own": lambda: noise(50, 40).resize((300, 200), Image.Resampling.BICUBIC),
}
LETTER = ["........", ".#####..", ".#......", ".####...", ".#......", ".#......", ".#......", "........"]


@pytest.fixture(scope="module", params=PICTURES)
def image(request: pytest.FixtureRequest) -> Image.Image:
    return PICTURES[request.param]()


@pytest.mark.parametrize("card", CARDS)
def test_a_card_takes_what_is_right_and_answers_what_is_wrong_with_what_is_the_case(
    card: Card, image: Image.Image
) -> None:
    here = Here.of(card.view.get("model", SHIPPED[0]), image)
    right, wrong, said = DONE[type(card.check).__name__](card.check, here)
    accepted, refused = judged(card, here, right), judged(card, here, wrong)
    assert accepted.right, accepted.words
    assert not refused.right, refused.words
    for verdict in (accepted, refused):
        for words in said:
            assert words in verdict.words


def judged(card: Card, here: Here, done: Done) -> Verdict:
    return card.check.judge(replace(here, edits=done.view.edits), done)


# -------------------------------------------------------------------- by the kind of check: right, wrong, what is said


Both = tuple[Done, Done, tuple[str, ...]]


def numbers(right: list[float], by: float, *said: str) -> Both:
    """`by`: how far the wrong answer is off."""
    return Done(numbers=tuple(right)), Done(numbers=(right[0] + by, *right[1:])), said


def pixels(here: Here) -> np.ndarray:
    return np.asarray(here.model.picture(here.model.prepare(here.image)))


def output(here: Here, step: str) -> torch.Tensor:
    """(channels, ...), of a walk of the test's own."""
    return next(
        each for each in model_zoo.walk(here.model.net, here.model.prepare(here.image)) if each.name == step
    ).output[0]


def pixel(check: Any, here: Here) -> Both:
    values = pixels(here)[check.row, check.column]
    return numbers([float(values[("red", "green", "blue").index(check.colour)])], 1, str(values[0]), str(values[2]))


def input_value(check: Any, here: Here) -> Both:
    value = here.model.prepare(here.image)[0, 0, check.row, check.column].item()
    return numbers([round(value, 2)], 0.2, f"{value:.3f}".rstrip("0").replace("-", "−"))


def test_the_numbers_of_a_calculation_make_the_result_that_stands_behind_it(image: Image.Image) -> None:
    names = {"InputValue", "Probability", "LossAt"}
    cards = [card for lesson in lessons().values() for card in lesson.cards if type(card.check).__name__ in names]
    pictures = [image, *map(open_image, examples().values())]
    assert {type(card.check).__name__ for card in cards} == names
    for card, picture in itertools.product(cards, pictures):
        here = Here.of(card.view.get("model", SHIPPED[0]), picture)
        words = card.check.key(here).replace("−", "-")
        found = re.search(r"((?:1 / |exp)?\([^=:,]*?) = (-?\d+(?:\.\d+)?)( %)?", words)
        assert found, words
        result = eval(found[1], {"exp": math.exp})
        shown = f"{100 * result:.1f}" if found[3] else f"{result:.3f}".rstrip("0").rstrip(".")
        assert float(shown) == float(found[2]), words


def brightest(check: Any, here: Here) -> Both:
    light = pixels(here).sum(axis=2, dtype=int)
    places = [tuple(map(float, np.unravel_index(found, light.shape))) for found in (light.argmax(), light.argmin())]
    return Done(numbers=places[0]), Done(numbers=places[1]), (str(light.max()),)


def value(check: Any, here: Here) -> Both:
    found = output(here, check.step)[check.channel, check.row, check.column].item()
    return numbers([round(found, 2)], 0.5, f"{found:.3f}".replace("-", "−")[:5])


def corner(check: Any, here: Here) -> Both:
    return numbers(output(here, check.step)[check.channel, :2, :2].flatten().tolist(), 0.5, "The four are")


def place(check: Any, here: Here) -> Both:
    found = output(here, check.step)[check.channel]
    views = [
        View(step=check.step, channel=check.channel).on(*divmod(int(index), found.shape[1]))
        for index in (found.argmax(), found.argmin())
    ]
    return Done(view=views[0]), Done(view=views[1]), (f"at row {views[0].row}, column {views[0].column}",)


def channel(check: Any, here: Here) -> Both:
    found = output(here, check.step).flatten(1)
    scores = (found == 0).float().mean(1) if check.wanted == "blankest" else found.amax(1)
    views = [View(step=check.step, channel=int(index)) for index in (scores.argmax(), scores.argmin())]
    return Done(view=views[0]), Done(view=views[1]), (f"channel {views[0].channel} ",)


def excites(check: Any, here: Here) -> Both:
    reached = {
        title: output(replace(here, image=open_image(examples()[title])), check.step)[check.channel].max()
        for title in check.pictures
    }
    order = sorted(reached, key=lambda title: reached[title])
    assert reached[order[-1]] > 1.5 * reached[order[-2]] > 0, "no picture excites it much more than the others"
    return Done(choice=order[-1]), Done(choice=order[0]), tuple(reached)


def shape(check: Any, here: Here) -> Both:
    found = output(here, check.step).shape
    return numbers([float(size) for size in found], 1, " × ".join(map(str, found)))


def weights(check: Any, here: Here) -> Both:
    count = sum(each.numel() for each in here.model.net.get_submodule(check.step).parameters())
    return numbers([float(count)], 1, f"{count:,}")


def top_class(check: Any, here: Here) -> Both:
    ranking = here.model.predict(here.image)
    return Done(choice=ranking[0][0]), Done(choice=ranking[-1][0]), (f"{ranking[0][0]} {100 * ranking[0][1]:.1f} %",)


def probability(check: Any, here: Here) -> Both:
    share = 100 * here.model.predict(here.image)[0][1]
    return numbers([round(share)], 5, f"{share:.1f} %")


def unknown(check: Any, here: Here) -> Both:
    share = here.model.predict(here.image)[0][1]
    view = View(picture="own")
    known = Done(view=View(picture="example:drawing-of-a-cat"))
    if share < check.least:  # then no picture of this kind is right; another one is
        assert not check.judge(here, Done(view=view)).right
        object.__setattr__(here, "image", open_image(examples()["Lion"]))
        del here.__dict__["made"]
        share = here.made.ranking[0][1]
    return Done(view=view), known, (f"{100 * share:.1f} %",)


def changed(check: Any, here: Here) -> Both:
    """The first of many changes that is enough; and one that changes next to nothing."""
    for edits in changes(check, here):
        done = Done(view=View(edits=edits))
        if check.judge(replace(here, edits=edits), done).right:
            return done, little(check, here), ("Before: ", "Now: ", "The lead of ")
    raise AssertionError(f"no change is enough for {check}")


def first_step(here: Here) -> str:
    return here.steps[0].name


def little(check: Any, here: Here) -> Done:
    """A change that is hardly one."""
    spots = [f"input:blank.{row}.{row}.1.1" for row in range(0, here.model.size, 5)]
    for edits in spots if check.where == "picture" else (f"{first_step(here)}.0:x1.0001",):
        done = Done(view=View(edits=edits))
        if not check.judge(replace(here, edits=edits), done).right:
            return done
    raise AssertionError(f"any change is enough for {check}")


def changes(check: Any, here: Here) -> Iterator[str]:
    size = here.model.size
    if check.where == "network":
        yield from (
            f"{step.name}:no{path}" for step in here.steps if step.operation == "add" for path in ("skip", "branch")
        )
        values = output(here, "relu6") if any(step.name == "relu6" for step in here.steps) else None
        if values is not None:
            loud = values.flatten(1).amax(1).argsort(descending=True).tolist()
            yield from ("~".join(f"relu6.{number}:off" for number in loud[:count]) for count in (1, 5, 20))
        return
    yield from (f"input:shift.{by}.0" for by in (1, 2, 5))
    side = size // 2 if check.most < 1 else size
    for row, column in itertools.product(range(0, size - side + 1, 4), repeat=2):
        yield from (f"input:{kind}.{row}.{column}.{side}.{side}" for kind in ("blank", "black"))
    if check.where == "anywhere":
        yield from (f"{first_step(here)}.{number}:{how}" for number in range(32) for how in ("x9", "inv"))


def overfit(check: Any, here: Here) -> Both:
    best = min(here.model.history, key=lambda row: row["val_loss"])
    return numbers([best["epoch"] + 1], 1, f"epoch {best['epoch']:.0f}: {best['val_loss']:.3f}")


def loss(check: Any, here: Here) -> Both:
    row = next(row for row in here.model.history if row["epoch"] == check.epoch)
    return numbers([round(row[f"{check.of}_loss"], 2)], 0.2, f"{row[f'{check.of}_loss']:.3f}")


def accuracy(check: Any, here: Here) -> Both:
    share = 100 * here.model.card["metrics"]["test"]["accuracy"]
    return numbers([round(share)], 5, f"{share:.1f} %")


def gradient(check: Any, here: Here) -> Both:
    return Done(choice="plain"), Done(choice="with skip connections"), check.kinds


def bench(**facts: Any) -> Done:
    return Done(bench=facts)


def grid(values: torch.Tensor) -> dict[str, Any]:
    return {"values": values.flatten().tolist(), "height": len(values), "width": len(values[0]), "size": len(values)}


def bench_sum(check: Any, here: Here) -> Both:
    picture = torch.tensor([[float(sign == "#") for sign in row] for row in LETTER])
    kernel = torch.tensor([[-1.0, 0, 1]] * 3)
    total = F.conv2d(picture[None, None], kernel[None, None])[0, 0, check.row, check.column].item()
    done = replace(bench(picture=grid(picture), kernel=grid(kernel)), numbers=(total,))
    return done, replace(done, numbers=(total + 1,)), (f"= {total:.0f};",)


def bench_kernel(check: Any, here: Here) -> Both:
    kernel = torch.tensor([[-1.0] * 3, [2.0] * 3, [-1.0] * 3])
    turned = kernel.T.contiguous()
    right, wrong = (kernel, turned) if check.wanted == "horizontal" else (turned, kernel)
    return bench(kernel=grid(right)), bench(kernel=grid(wrong)), ("6",)


def bench_shape(check: Any, here: Here) -> Both:
    size = torch.nn.Conv2d(1, 1, check.kernel, check.stride, check.padding)(
        torch.zeros(1, 1, check.side, check.side)
    ).shape[-1]
    return numbers([float(size)] * 2, 1, f"= {size}.")


def bench_training(check: Any, here: Here) -> Both:
    falls, grows = bench(losses=[700.0, 50, 0.5]), bench(losses=[700.0, 1e9, None])
    return (grows, falls, ("700.0",)) if check.wanted == "diverges" else (falls, grows, ("700.0",))


DONE: dict[str, Callable[[Check, Here], Both]] = {
    "Pixel": pixel,
    "InputValue": input_value,
    "BrightestPixel": brightest,
    "ValueAt": value,
    "Corner": corner,
    "StrongestPlace": place,
    "PickChannel": channel,
    "Excites": excites,
    "Shape": shape,
    "Weights": weights,
    "TopClass": top_class,
    "Probability": probability,
    "SureOfUnknown": unknown,
    "Changed": changed,
    "OverfitEpoch": overfit,
    "LossAt": loss,
    "AccuracyOf100": accuracy,
    "SmallestGradient": gradient,
    "BenchSum": bench_sum,
    "BenchKernel": bench_kernel,
    "BenchShape": bench_shape,
    "BenchTraining": bench_training,
}


# --------------------------------------------------------------------------------------------------- what is not usual


@pytest.mark.parametrize(
    "facts", [{}, {"kernel": 3}, {"kernel": {"values": [1], "size": 10**9}}, {"kernel": {"size": 1, "values": ["x"]}}]
)
def test_what_a_browser_sends_in_place_of_a_bench_is_refused_in_words(facts: dict[str, Any]) -> None:
    card = lessons()["convolution"].cards[2]
    with pytest.raises(UserError, match="Set it up again"):
        card.check.judge(Here.of(SHIPPED[0], None), Done(bench=facts))


def test_another_network_without_the_step_is_told_in_words() -> None:
    card = lessons()["shapes-code"].cards[1]
    with pytest.raises(UserError, match=r"conv1, which .* does not have"):
        card.check.judge(Here.of("cifar10-resnet", PICTURES["example"]()), Done(numbers=(896.0,)))


def test_targets_are_names_and_not_selectors() -> None:
    assert all(name.replace("-", "").isalpha() and selector.startswith("#") for name, selector in TARGETS.items())
