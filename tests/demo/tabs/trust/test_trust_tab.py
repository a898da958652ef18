"""How far to trust a network: the page shows the numbers of its report, and nothing where there is none."""

import copy
import dataclasses
import json
import re
from html import unescape
from typing import Any

import pytest
from PIL import Image

import model_zoo
from demo.core.trust_report import FAR, parsed, trust_report
from demo.render.html import data_url
from demo.tabs.trust import charts, missed, report
from model_zoo.entries import judge_file
from model_zoo.trust import drawn
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE

JUDGED = [name for name in SHIPPED if model_zoo.load(name).trust is not None]


def raw(name: str) -> dict[str, Any]:
    model = model_zoo.load(name)
    return json.loads((model.folder / judge_file.REPORT).read_text())


def cells(page: str, row: str) -> list[str]:
    """The texts of the cells in the row with that head."""
    found = re.search(rf'<th scope="row">{re.escape(row)}(?:<small>.*?</small>)?</th>(.*?)</tr>', page)
    return [re.sub("<.*?>", "", each) for each in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


@pytest.mark.parametrize("name", JUDGED)
def test_the_page_shows_the_numbers_of_the_report(name: str) -> None:
    model, whole = model_zoo.load(name), raw(name)
    page = report.page(model, None)
    known = whole["known"]
    for one in whole["strange"]:
        shown = cells(page, one["name"])
        told = [f"{one[key]:.1%}" for key in ("auroc", "fpr95", "caught")]
        if one["group"] == "known":  # not strange, so that nothing can be noticed
            told[:2] = "", ""
            assert page.index("known test pictures") < page.index(f">{one['name']}<small>known as well")
        assert shown[:4] == [f"{one['pictures']:,}", *told]
    for one in whole.get("left_out", ()):
        training = f"without {' and '.join(one['classes'])}, {one['epochs']} epochs, seed {one['seed']}"
        found = f"{one['caught']:.1%} of these are called strange (AUROC {one['auroc']:.1%})"
        assert f"{training}: {found}" in page
    for when in ("before", "after"):
        assert f"{known['calibration'][when]['error']:.2%}" in page
    for one in known["classes"]:
        assert f"{one['low']:.1%} to {one['high']:.1%}, of {one['pictures']:,}" in page
    for one in known["sets"]:
        assert cells(page, f"{one['wanted']:.0%}") == [f"{one['found']:.1%}", f"{one['mean_size']:.2f}"]
    assert f"{known['false_alarms']['found']:.1%}" in page
    for way in whole.get("corruptions", {}).get("ways", ()):
        assert [each[: each.index("%") + 1] for each in cells(page, way["name"])] == [
            f"{a:.0%}" for a in way["accuracy"]
        ]
    assert "python -m train trust" in page


@pytest.mark.parametrize("name", JUDGED)
def test_the_reliability_diagram_has_a_point_for_each_range_with_answers(name: str) -> None:
    found = trust_report(model_zoo.load(name))
    drawn = charts.reliability(found)
    assert drawn.count('class="spot"') == len(found.before.bins) + len(found.after.bins)
    assert sum(each.pictures for each in found.after.bins) == found.pictures


@pytest.mark.skipif(not {"cifar10-cnn", "cifar10-resnet"} <= set(JUDGED), reason="the entries have no judges")
def test_two_networks_of_the_same_classes_stand_side_by_side() -> None:
    for name in ("cifar10-cnn", "cifar10-resnet"):
        model = model_zoo.load(name)
        found = trust_report(model)
        other, theirs = report.beside(model, found)
        page = report.page(model, None)
        assert other != model.title and f"called strange by {other}" in page
        shared = next(kind for kind in found.of_group(FAR) if kind.name in {each.name for each in theirs.strange})
        caught = next(each.caught for each in theirs.strange if each.name == shared.name)
        assert cells(page, shared.name)[4] == f"{caught:.1%}"


def test_of_a_network_without_a_report_it_says_that_nothing_is_known(hostile_entry: str) -> None:
    model = model_zoo.load(hostile_entry)
    page = report.page(model, None)
    assert trust_report(model) is None and "Nothing has been measured" in page and "<script" not in page


def replaced(value: Any, path: list[Any], new: Any) -> Any:
    found = copy.deepcopy(value)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return found


@pytest.mark.skipif(not JUDGED, reason="no entry has a report")
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["known", "calibration", "after", "error"], float("nan")),
        (["known", "calibration"], None),
        (["known", "classes", 0, "accuracy"], 7),
        (["known", "pictures"], "many"),
        (["strange"], 5),
        (["strange", 0, "caught"], True),
        (["temperature"], None),
        (["known", "surest_mistakes"], [[]]),
    ],
)
def test_what_is_no_report_is_none(path: list[Any], value: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        parsed(replaced(raw(JUDGED[0]), path, value))


@pytest.mark.skipif(not JUDGED, reason="no entry has a report")
def test_pictures_that_were_missed_worst_are_drawn_again_and_others_are_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = raw(JUDGED[0])
    one = {"index": 3, "answer": "frog", "probability": 0.97, "typicality": 0.63}
    for kind in whole["strange"]:
        kind["missed"] = [one] if kind["name"] in ("plain colours", "blurred") else []
    model = model_zoo.load(JUDGED[0])
    found = parsed(whole)
    shown = missed.missed(model, found)
    rows = {re.search("<caption>([a-z ]+)", row)[1]: row for row in shown.split("<table")[1:]}
    assert set(rows) == {"plain colours", "blurred"}
    assert "<b>frog</b> 97.0%<br>63 of 100" in rows["plain colours"]
    kind = next(kind for kind in found.strange if kind.name == "plain colours")
    colours = drawn.plain(model.size, kind.pictures, found.seed)
    picture = Image.fromarray(colours[3].permute(1, 2, 0).contiguous().numpy())
    assert data_url(picture) in rows["plain colours"]
    assert "<img" not in rows["blurred"] and "not at hand here" in rows["blurred"]
    assert "It missed none of these: " in shown
    for kind in whole["strange"]:
        del kind["missed"]
    assert missed.missed(model, parsed(whole)) == ""


@pytest.mark.skipif(not JUDGED, reason="no entry has a report")
def test_texts_of_a_stranger_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = raw(JUDGED[0])
    for path in (["strange", 0, "name"], ["known", "classes", 0, "class"], ["calibrated_on"], ["command"], ["date"]):
        whole = replaced(whole, path, HOSTILE)
    if whole["known"]["surest_mistakes"]:
        whole["known"]["surest_mistakes"][0]["answer"] = HOSTILE
    monkeypatch.setattr(report, "trust_report", lambda model: parsed(whole))
    page = report.page(model_zoo.load(JUDGED[0]), None)
    assert "<script" not in page and HOSTILE in unescape(page)


def test_of_a_network_trained_elsewhere_it_says_what_is_known_and_what_is_not() -> None:
    model = model_zoo.load("imagenet-efficientnet-lite0")
    page, metrics = unescape(report.page(model, None)), model.card["metrics"]
    assert "What is unknown, and why" in page and model.card["data"]["name"] in page
    assert f"{metrics['published']['accuracy']:.1%} right" in page and metrics["published"]["source"] in page
    assert f"right on {metrics['cifar10']['accuracy']:.2%} of 10,000 test pictures of CIFAR-10" in page
    for name, share in metrics["cifar10"]["accuracy_per_class"].items():
        assert re.search(rf"<th[^>]*>{name}</th>.*?{share:.1%}", page)
    assert f"python -m train trust {model.name} --data DIR" in page
    strange: Any = {"published": {"accuracy": "<b>", "by": HOSTILE}, "cifar10": {"accuracy": 2.0, "pictures": HOSTILE}}
    card = model.card | {"metrics": strange, "data": {"name": HOSTILE}}
    page = report.page(dataclasses.replace(model, card=card), None)
    assert "<script" not in page and "Measured here" not in page
