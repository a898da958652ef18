"""How the page names and describes the networks."""

import json
import shutil
from html import unescape
from pathlib import Path

import pytest

import model_zoo
from demo.core.networks import choices, facts, network, title
from demo.errors import UserError
from tests.conftest import SHIPPED, WEIGHTS
from tests.demo.conftest import HOSTILE
from tests.helpers import unmarked


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first shipped entry as somebody trained it again, into a run folder of the same name."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    return Path(shutil.copytree(WEIGHTS / SHIPPED[0], tmp_path / SHIPPED[0]))


def test_shipped_networks_are_offered_by_their_titles() -> None:
    assert choices() == [(model_zoo.load(name).title, name) for name in SHIPPED]
    assert len({text for text, _ in choices()}) == len(SHIPPED)


def test_a_run_is_offered_beside_the_shipped_one_and_told_apart(trained: Path) -> None:
    name = f"runs/{SHIPPED[0]}"
    assert (title(name), name) in choices() and len(choices()) == len(SHIPPED) + 1
    assert title(name) != title(SHIPPED[0]) and title(SHIPPED[0]) in title(name) and name in title(name)


def test_facts_say_the_test_figure_of_the_card(trained: Path) -> None:
    card = json.loads((trained / "card.json").read_text())
    card["metrics"]["test"] = {"accuracy": 0.8125, "pictures": 10_000}
    (trained / "card.json").write_text(json.dumps(card))
    assert "81.2% of 10,000 test pictures right, 5.85 million weights, 10 classes: " in facts(f"runs/{SHIPPED[0]}")
    card["metrics"]["test"] |= {"roc_auc": 0.9412, "average_precision": 0.8}
    card["data"] |= {"name": "<b>tiles", "limits": "one <i>site"}
    (trained / "card.json").write_text(json.dumps(card))
    told = facts(f"runs/{SHIPPED[0]}")
    assert "ROC AUC 0.941, 81.2% of 10,000" in told
    assert "Learned from: &lt;b&gt;tiles. <strong>Limits:</strong> one &lt;i&gt;site." in told
    del card["metrics"]["test"]
    (trained / "card.json").write_text(json.dumps(card))
    assert "test pictures" not in facts(f"runs/{SHIPPED[0]}")


def test_facts_say_that_a_network_was_taught_by_others(trained: Path) -> None:
    card = json.loads((trained / "card.json").read_text())
    card["recipe"] |= {"flip": True, "label_smoothing": 0.1, "teaching": 1.0}
    by_labels = "Kept from over-fitting by mirrored pictures, label smoothing:"
    (trained / "card.json").write_text(json.dumps(card))
    assert f'<p class="quiet">{by_labels}' in unmarked(facts(f"runs/{SHIPPED[0]}"))
    # Nothing is smoothed in what teachers answer.
    (trained / "card.json").write_text(json.dumps(card | {"teachers": [{"name": "large", "sha256": "0"}]}))
    expected = "Learned what trained networks answer. Kept from over-fitting by mirrored pictures:"
    assert expected in facts(f"runs/{SHIPPED[0]}")


@pytest.mark.parametrize("name", SHIPPED)
def test_facts_name_every_class(name: str) -> None:
    model = model_zoo.load(name)
    named = model.classes if len(model.classes) <= 20 else dict.fromkeys(model.groups)  # of very many their groups
    assert all(word in facts(name) for word in named)


def test_names_from_an_entry_are_no_markup(hostile_entry: str) -> None:
    assert "<script" not in facts(hostile_entry) and HOSTILE in unescape(facts(hostile_entry))


@pytest.mark.parametrize("function", [network, title, facts])
@pytest.mark.parametrize("name", ["nonsense", None, 5, ["a"], {}])
def test_an_unknown_name_is_refused_with_the_known_ones(function, name: object) -> None:
    with pytest.raises(UserError, match="There is no network named .*; known are " + ", ".join(SHIPPED)):
        function(name)
