"""The help of `python -m train`: every command in it, and no PyTorch loaded to print it."""

import subprocess
import sys
from operator import attrgetter

import pytest

from tests.conftest import ROOT
from train.__main__ import main
from train.commands.registry import commands
from train.recipe_types import options
from train.recipes import RECIPES

ALL_HELP = """
import contextlib, io, sys
from train.__main__ import main
from train.commands.registry import commands
for words in (["--help"], *([command.name, "--help"] for command in commands())):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main(words)
print(*{name.split(".")[0] for name in sys.modules})
"""


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return " ".join(capsys.readouterr().out.split())


def test_no_help_loads_what_takes_long() -> None:
    done = subprocess.run([sys.executable, "-c", ALL_HELP], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "train" in loaded
    assert not loaded & {"torch", "torchvision", "numpy", "PIL", "matplotlib", "model_zoo", "tqdm"}


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    text, names = shown(capsys), [command.name for command in commands()]
    assert set(RECIPES) | {"evaluate", "publish", "export", "blocks", "warm-start-study"} <= set(names)
    assert len(set(names)) == len(names) and names[: len(RECIPES)] == list(RECIPES)
    for command in commands():
        assert f" {command.name} " in text and command.help in text


@pytest.mark.parametrize(
    "command", [command for command in commands() if command.name not in RECIPES], ids=attrgetter("name")
)
def test_the_help_of_a_command_says_what_it_is_for(command, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, command.name)
    assert f"python -m train {command.name} " in command.description  # an example to copy
    assert " ".join(command.description.split()) in text


def test_a_command_has_its_former_name_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "starts").split("]", 1)[1] == shown(capsys, "warm-start-study").split("]", 1)[1]


def test_the_help_of_each_recipe_lists_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    for recipe in RECIPES.values():
        text = shown(capsys, recipe.name)
        assert f"--learning-rate LEARNING_RATE step size: at its highest (default: {recipe.learning_rate})" in text
        assert text.count("(default:") >= len(options(recipe))
        assert recipe.evidence and recipe.evidence in text
