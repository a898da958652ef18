"""What a network that was added says about the page's picture, and whether that looks like a trained network."""

from typing import Any

import torch
from PIL import Image

from demo.render.html import data_url, pack
from model_zoo import Model, Step, walk
from model_zoo.graph.step import answer

LIKELIEST = 5
MAPS = 8
SIDE = 64  # values of a map, along its longer side
FLAT = 1e-4  # of a map's values: deviation over the largest value of all maps, below which nothing is to be seen in it
EVEN = 1.5  # times the probability of pure guessing
NO_PICTURE = "The page has no picture at the moment: give it one, and it answers."


def check(model: Model, picture: Image.Image | None) -> dict[str, Any]:
    """The page's picture as the network gets it, its likeliest answers, and maps of its first layer.

    Returns:
        `facts`: pairs of words; `said`: sentences, of which those that start with "Look again" are a warning. With a
        picture also `picture` (data: URL), `answers` (pairs of class and probability), `step`, `limit` and `maps`,
        which `demo.render.html.pack` made.
    """
    prepared = model.card["preprocessing"]
    colours = "; ".join(f"{words} {_numbers(prepared[key])}" for key, words in (("mean", "mean"), ("std", "deviation")))
    facts = [
        ("Classes", f"{len(model.classes):,}"),
        ("Pictures", f"{prepared['size']} × {prepared['size']} pixels"),
        ("Normalisation", colours),
    ]
    if picture is None:
        return {"facts": facts, "said": [NO_PICTURE]}
    batch = model.prepare(picture)
    steps = walk(model.net, batch)
    shares = torch.softmax(answer(steps).output[0].double(), 0)
    values, places = shares.topk(min(LIKELIEST, len(shares)))
    first = _first(steps)
    found = {
        "facts": facts,
        "picture": data_url(model.picture(batch)),
        "answers": [
            (model.classes[place], share) for place, share in zip(places.tolist(), values.tolist(), strict=True)
        ],
        "said": [_even(shares), *([_maps_in_words(first)] if first else [])],
    }
    return found | (_maps(first) if first else {})


def _numbers(values: list[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in (values if len(set(values)) > 1 else values[:1]))


def _first(steps: list[Step]) -> Step | None:
    """The first step that makes maps with trained weights; None where there is none."""
    return next((step for step in steps if step.parameters and step.output.dim() == 4), None)


def _even(shares: torch.Tensor) -> str:
    if shares.max() < EVEN / len(shares):
        return (
            "Look again: it finds all classes about equally likely, as a network without training does. Are these the "
            "trained weights, and is the normalisation the one of its training?"
        )
    return "Do these answers make sense for a picture like this? If not, compare size, normalisation and classes."


def _maps_in_words(step: Step) -> str:
    maps = step.output[0].flatten(1)
    seen = int((maps.std(1) > FLAT * maps.abs().max()).sum())
    if seen * 2 < len(maps):
        return (
            f"Look again: only {seen} of the {len(maps)} maps of {step.name} show anything of the picture, so weights "
            "or normalisation may be wrong."
        )
    return (
        f"{seen} of the {len(maps)} maps of {step.name}, its first layer with weights, show something of the picture."
    )


def _maps(step: Step) -> dict[str, Any]:
    maps = step.output[0]
    order = maps.flatten(1).std(1).argsort(descending=True)[:MAPS]
    chosen = maps[order]
    every = max(1, -(-max(chosen.shape[1:]) // SIDE))
    return {
        "step": step.name,
        "limit": float(chosen.abs().max()) or 1.0,
        "maps": pack(chosen[:, ::every, ::every].numpy()),
    }
