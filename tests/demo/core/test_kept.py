"""What is kept of networks for who asks next: none is held by it that nobody can ask about any more."""

import gc
import os
import shutil
import weakref
from pathlib import Path

import pytest
from PIL import Image

import model_zoo
from demo import page_events
from demo.core.inference import infer
from demo.core.view import View
from demo.tabs.attribution import attribution_map
from demo.tabs.attribution.attribution_map import QUICK, Question
from demo.tabs.explore.whole_network import whole_network
from demo.tabs.predict import steadiness
from model_zoo.common.memory import KEPT
from model_zoo.explain.code import step_code
from tests.conftest import CIFAR10, WEIGHTS, fully


@pytest.mark.parametrize("name", fully(CIFAR10, CIFAR10[0]))
def test_of_a_run_that_is_watched_only_the_newest_network_stays(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Image.Image
) -> None:
    """After each epoch there is another network; each was asked about in every tab."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    weights = shutil.copytree(WEIGHTS / name, tmp_path / "run") / "model.safetensors"
    nets, totals = [], []
    for epoch in range(4):
        os.utime(weights, (epoch, epoch))
        ask_everything("run", picture)
        nets.append(weakref.ref(model_zoo.load("run").net))
        gc.collect()
        totals.append(KEPT.total)
    assert [net() is not None for net in nets] == [False, False, False, True]
    assert totals[3] <= totals[1] * 1.01


def ask_everything(name: str, picture: Image.Image) -> None:
    view = View(model=name)
    made = infer(view, picture)
    page_events.page_state(view, made)
    steadiness.agreeing(made)
    whole_network.whole(made)
    step_code.steps(made.model.net, made.model.size)
    asked = Question(QUICK, "", "", 1)
    assert "map" in attribution_map.explanation(name, picture, asked)
    assert "<" in attribution_map.tested(name, picture, asked, lambda done, of: None)
