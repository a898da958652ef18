"""The bench's arithmetic in JavaScript against torch, on random pictures, kernels, strides, paddings and poolings."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

CASES = 300
SCRIPT = """
import { chainOf } from './demo/tabs/bench/convolution/chain.js';
import { layers, program } from './demo/tabs/bench/convolution/code.js';
import { encode, parse } from './demo/tabs/bench/convolution/settings.js';
export const answer = (cases) => cases.map(({ picture, settings }) => {
  const chain = chainOf(picture, settings);
  return {
    stages: chain.map(({ stage, makes, refusal }) => ({ stage, makes, refusal })),
    lines: layers(settings),
    program: program(settings, picture),
    again: parse(encode(settings)),
  };
});
"""


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    chance = random.Random(14)
    found = []
    for _ in range(CASES):
        side, size = chance.choice([8, 10, 12, 16]), chance.randint(1, 7)
        settings = {
            "picture": "own",
            "colour": "green",
            "side": side,
            "drawn": [0] * 64,
            "whole": True,
            "stage": "relu",
            "kernel": {"size": size, "values": [round(chance.uniform(-3, 3), 4) for _ in range(size * size)]},
            "bias": chance.choice([0, round(chance.uniform(-2, 2), 4)]),
            "stride": chance.randint(1, 4),
            "padding": chance.randint(0, 4),
            "mode": chance.choice(["zeros", "reflect"]),
            "dilation": chance.randint(1, 3),
            "relu": chance.random() < 0.5,
            "pool": chance.choice(["none", "max", "mean"]),
            "poolSize": chance.randint(1, 6),
            "poolStride": chance.randint(1, 6),
            "row": 3,
            "column": 11,
        }
        picture = {"height": side, "width": side, "values": [round(chance.random(), 2) for _ in range(side * side)]}
        found.append({"picture": picture, "settings": settings})
    return found


def made(picture: dict[str, Any], settings: dict[str, Any]) -> list[torch.Tensor | str]:
    """By torch: float64 (rows, columns) of each stage, up to the first that it refuses, of which its words."""
    x = torch.tensor(picture["values"], dtype=torch.float64).reshape(1, 1, picture["height"], picture["width"])
    size = settings["kernel"]["size"]
    net = torch.nn.Conv2d(
        *(1, 1, size, settings["stride"], settings["padding"], settings["dilation"]),
        padding_mode=settings["mode"],
        dtype=torch.float64,
    )
    net.weight.data[:] = torch.tensor(settings["kernel"]["values"], dtype=torch.float64).reshape(1, 1, size, size)
    net.bias.data[:] = settings["bias"]  # pyright: ignore[reportOptionalMemberAccess] (it has one by default)
    pool = {"max": F.max_pool2d, "mean": F.avg_pool2d}.get(settings["pool"])
    found: list[torch.Tensor | str] = []
    with torch.no_grad():
        try:
            found.append(x := net(x))
            if settings["relu"]:
                found.append(x := F.relu(x))
            if pool:
                found.append(pool(x, settings["poolSize"], settings["poolStride"]))
        except RuntimeError as error:
            found.append(str(error))
    return found


def test_every_stage_is_what_torch_makes(cases: list[dict[str, Any]], node: Callable[..., Any]) -> None:
    refused = compared = 0
    for case, answer in zip(cases, node(SCRIPT, cases), strict=True):
        expected = made(**case)
        assert len(answer["stages"]) == len(expected), case["settings"]
        for stage, by_torch in zip(answer["stages"], expected, strict=True):
            if isinstance(by_torch, str):
                assert stage["makes"] is None and stage["refusal"], (case["settings"], by_torch)
                refused += 1
                continue
            assert not stage["refusal"]
            ours = np.array(stage["makes"]["values"]).reshape(stage["makes"]["height"], stage["makes"]["width"])
            np.testing.assert_allclose(ours, by_torch[0, 0].numpy(), rtol=0, atol=1e-12)
            compared += 1
    assert refused > 30 and compared > 300


def test_settings_come_back_from_their_text(cases: list[dict[str, Any]], node: Callable[..., Any]) -> None:
    for case, answer in zip(cases, node(SCRIPT, cases), strict=True):
        assert answer["again"] == case["settings"]


def test_the_copied_program_runs_and_prints_the_last_map(
    cases: list[dict[str, Any]], node: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers = node(SCRIPT, cases)
    possible = [answer for answer in answers if not any(stage["refusal"] for stage in answer["stages"])]
    assert len(possible) > 40
    torch.set_printoptions(precision=6, threshold=10_000, linewidth=10_000, sci_mode=False)
    for answer in possible[:40]:
        exec(answer["program"], {})
        printed = eval(capsys.readouterr().out, {"tensor": np.array})
        last = answer["stages"][-1]["makes"]
        np.testing.assert_allclose(printed, np.reshape(last["values"], (last["height"], -1)), atol=1e-4)
        for line in answer["lines"]:
            assert line in answer["program"]
    torch.set_printoptions(profile="default")
