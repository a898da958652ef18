"""Every tab as its address opens it: every control has a name that somebody wrote for it, radio buttons are grouped."""

import json
import re
from functools import cache

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.core.view import TABS, View
from demo.languages.catalogues import LANGUAGES, SOURCE, messages
from demo.pictures import datasets
from demo.pictures.examples import examples
from tests.browser.actions import FIRST_EXAMPLE, open_panel, tab_of, walked
from tests.browser.conftest import Visit
from tests.conftest import ROOT, SECOND, SHIPPED, WEIGHTS
from tests.demo.languages.messages import is_wanted, unknown
from train.service import queue

pytestmark = pytest.mark.browser
# What Gradio calls a component that nobody has given a label, and what stands where a text is missing.
DEFAULTS = {
    *("textbox", "number", "slider", "checkbox", "radio", "dropdown", "file", "image", "button", "html", "label"),
    *("checkbox group", "json", "state", "undefined", "null", "none", "nan", "[object object]", "true", "false"),
}
TOKEN = re.compile(r"^(\w+\.)+\w*_\w+$|^[0-9a-f]{12,}$|^component-\d+$|^radio-\d+$")  # a text's key, an order, an id
# Gradio's own words, which say what the control does.
WELL_WORDED = {
    *("Fullscreen", "Remove Image", "Upload file", "Capture from camera", "Paste from clipboard"),
    *("Drop an image file here to upload", "Drop a file here to upload", "Use via API", "More tabs", "File upload"),
    *("Close (Esc)", "Clear", "Use via API logo"),
    *("Click to upload or drop files", "Reset to default value"),
}
BY_LABEL = re.compile("^(range slider|number input) for ")  # before the label of a gr.Slider
ROLES = {
    *("button", "checkbox", "combobox", "link", "listbox", "menuitem", "radio", "searchbox", "slider", "spinbutton"),
    *("switch", "tab", "textbox", "DisclosureTriangle", "grid", "ColorWell", "togglebutton"),
}


def controls(page: Page) -> set[tuple[str, str]]:
    """(role, name) of what can be used, as a screen reader gets to know it."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    used = [node for node in nodes if not node["ignored"] and node.get("role", {}).get("value") in ROLES]
    return {(node["role"]["value"], " ".join(node.get("name", {}).get("value", "").split())) for node in used}


def open_everything(page: Page) -> None:
    """All accordions, details and menus of the open tab; opening one may bring others."""
    for _ in range(4):
        opened = page.evaluate(  # not by clicks: an open menu lies over what is below it
            """() => [...document.querySelectorAll('#areas details:not([open]), #areas button.label-wrap:not(.open)')]
              .filter((one) => one.checkVisibility())
              .map((one) => (one.tagName === 'DETAILS' ? (one.open = true) : one.click())).length"""
        )
        if not opened:
            break


@cache
def written() -> str:
    """All that is written in our source, blanks as one; arguments of PyTorch's layers are those that have a meaning."""
    files = [path for path in (ROOT / "demo").rglob("*") if path.suffix in (".py", ".js", ".html", ".md")]
    files.append(ROOT / "model_zoo/explain/code/meanings.py")
    return " ".join(" ".join(path.read_text(encoding="utf-8") for path in files).split())


@cache
def named_elsewhere() -> re.Pattern[str]:
    """Titles, classes, steps and examples, and any number: what the words of our source are put together with."""
    names = {name.lower() for name in examples()} | set(examples())
    for folder in WEIGHTS.iterdir():
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        names |= {card["title"], folder.name, *card["classes"], *card.get("groups", [])}
    names |= {step.name for name in SHIPPED for step in walked(name, FIRST_EXAMPLE)}
    names |= {recipe.title for recipe in queue.recipes().values()} | set(datasets.titles().values())
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)|[-+−]?\d[\d.,]*\s?%?|[×()\[\]:;,.…▸▾▶▼“”'’\"%?=/→-]")


def is_ours(name: str) -> bool:
    """Whether each of its parts stands in our source."""
    parts = [part.strip() for part in named_elsewhere().split(name)]
    return name in written() or all(_stands(part) for part in parts if part)


def _stands(part: str) -> bool:
    words = part.split(" ")
    cuts = (([*words[:cut]], [*words[cut:]]) for cut in range(1, len(words)))
    return part in written() or any(all(" ".join(half) in written() for half in both) for both in cuts)


SHOWN = {
    "lessons": "#lessons li",
    "bench": "#bench .boards canvas",
    "teach": "#teach h2",
    "predict": "#answer .verdict",
    "explore": "#grid h3",
    "why": "#why canvas",
    "compare": "#lanes canvas",
    "trust": "#trust h3",
    "curves": "#charts svg[role=img]",
    "train": "#begin",
    "own": "#own .lead",
    "build": "#build .lead",
    "data": "#tensor h3",
    "photos": "#survey-start",
}


def expect_groups(page: Page) -> None:
    """The radio buttons of each group share a name of their own, and one of them is chosen."""
    groups = page.evaluate(
        """() => [...document.querySelectorAll('fieldset, [role=radiogroup]')]
          .map((group) => [...group.querySelectorAll('input[type=radio]')].filter((radio) => radio.checkVisibility()))
          .filter((radios) => radios.length > 1)
          .map((radios) => [radios[0].closest('[id]').id, new Set(radios.map(({ name }) => name)).size,
                            radios.filter(({ checked }) => checked).length])"""
    )
    assert len(groups) >= 1
    assert all(names == 1 and checked == 1 for _, names, checked in groups), groups
    names = page.evaluate("[...new Set([...document.querySelectorAll('input[type=radio]')].map(({ name }) => name))]")
    assert len(names) >= len(groups)  # no two groups share one


def expect_translated(texts: list[str]) -> None:
    """Every catalogue has each of the texts that the page showed."""
    wanted = [text for text in texts if is_wanted(text)]
    assert len(wanted) > 100
    lacking = unknown(wanted, {code: messages(code) for code in LANGUAGES if code != SOURCE})
    assert not any(lacking.values()), lacking


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_by_its_address_and_every_control_has_a_name_of_ours(visit: Visit, tab: str) -> None:
    view = View(model=SECOND, tab=tab, step="conv2", channel=3, row=4, column=5)
    texts: list[str] = []
    page = visit(view.query(), texts=texts, viewport={"width": 1366, "height": 768})
    expect(tab_of(page, tab)).to_have_attribute("aria-selected", "true")
    expect(page.locator(SHOWN[tab]).first).to_be_visible()
    if page.locator("#bar [data-opens=network-panel]").is_visible():
        open_panel(page, "network")
    expect_groups(page)
    page.keyboard.press("Escape")
    open_everything(page)
    kinds = ["Survey map of a whole photo", "Many files"] if tab == "photos" else [""]
    found: set[tuple[str, str]] = set()
    for kind in kinds:
        if kind:
            page.get_by_role("tab", name=kind).click()
        expect(page.locator("#answer .verdict")).to_have_count(1)
        found |= controls(page)
    has_picture = page.locator("#bar [data-opens=picture-panel]").is_visible()
    for panel in ("network", "picture", "menu") if has_picture else ("menu",):
        open_panel(page, panel)
        found |= controls(page)
        page.keyboard.press("Escape")
    assert len(found) > 20
    wrong = {(role, name) for role, name in found if not name or name.lower() in DEFAULTS or TOKEN.match(name)}
    assert not wrong
    names = {BY_LABEL.sub("", name) for _, name in found} - WELL_WORDED
    assert not {name for name in names if not is_ours(name)}
    expect_translated(texts)


def test_the_check_itself_finds_what_nobody_wrote() -> None:
    assert model_zoo.names()
    for name in ("Drop Image Here - or - Click to Upload", "Sélectionner", "Abracadabra conv2", "Retry the thing"):
        assert not is_ours(name), name
    for name in ("Survey this photo", "Example: Lion", "conv2, 16 × 16"):
        assert is_ours(name), name
    for token in ("image.no_webcam_support", "b0f3a1c2d4e5f607", "component-17"):
        assert TOKEN.match(token)
