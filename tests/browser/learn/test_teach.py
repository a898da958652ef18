"""A class in three browsers: a teacher's, a pupil's laptop and a pupil's telephone."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from demo.classroom.codes import ANIMALS
from demo.tabs.learn.lesson import lessons
from tests.browser.actions import PHONE, choose_tab, open_panel, overflow, query
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
TOUCH = PHONE | {"has_touch": True, "is_mobile": True}


@pytest.fixture
def teacher(visit: Visit, allowed: list[str]) -> Iterator[Page]:
    """The Teach tab with a class that has just been opened, and ends with the test."""
    page = visit("?tab=teach")
    page.get_by_role("button", name="Open a class").click()
    expect(page.locator("#teach .here b")).to_have_text("0")
    yield page
    if "tab=teach" not in page.url:
        band(page).get_by_role("button", name="Board").click()
    if page.locator("#teach .end").is_visible():
        allowed.append("status of 410 .*/class/poll")  # by which a pupil's page learns of the end
        page.locator("#teach .end").click()
        page.get_by_role("button", name="End it and delete all?").click()
        expect(page.get_by_role("button", name="Open a class")).to_be_visible()


def band(page: Page) -> Locator:
    return page.locator("#class-band")


def code_of(teacher: Page) -> str:
    return teacher.locator("#teach .door .code").inner_text()


def join(visit: Visit, teacher: Page, **options: object) -> tuple[Page, str]:
    """A pupil's page, by the link, and the name that they got."""
    page = visit(f"?join={code_of(teacher).replace('-', '')}", **options)
    expect(page.locator("#answer")).to_be_hidden()  # which the class may be about to guess
    expect(band(page)).to_contain_text("no account")  # what they are told before they join
    band(page).get_by_role("button", name="Join", exact=True).click()
    expect(band(page).locator(".name")).to_have_text(re.compile("^[A-Z][a-z]+$"))
    name = band(page).locator(".name").inner_text()
    assert name in ANIMALS
    expect(page.locator("#answer")).to_be_visible()
    return page, name


def guess(page: Page, word: str) -> None:
    card = page.locator("#lesson")
    card.get_by_role("radio", name=word, exact=True).check()
    card.get_by_role("button", name="Check").click()
    expect(card.locator(".told strong")).to_have_text("Right." if word == "ship" else "Not quite.")


def row(teacher: Page, name: str) -> Locator:
    exactly = teacher.locator("b", has_text=re.compile(f"^{name}$"))  # "Bat" is in "Wombat"
    return teacher.locator("#teach .pupils li").filter(has=exactly)


IS_UNCOVERED = """() => {
  const cell = document.querySelector('#map .cell.chosen');
  if (!cell) return false;
  const { left, top, width, height } = cell.getBoundingClientRect();
  const seen = document.elementFromPoint(left + width / 2, top + height / 2);
  return Boolean(seen?.closest('#map'));
}"""


def bars(place: Locator) -> list[str]:
    """Answers with how many gave them, those that nobody gave left out."""
    parts = [
        [item.locator(part).inner_text() for part in (".guess", ".count")] for item in place.locator(".tally li").all()
    ]
    return [f"{guess} {count}" for guess, count in parts if count != "0"]


def test_a_class_is_taught_from_the_first_join_to_its_end(teacher: Page, visit: Visit, allowed: list[str]) -> None:
    allowed.append("status of 410 .*/class/poll")  # what a page is told whose class has ended
    laptop, otter = join(visit, teacher)
    phone, owl = join(visit, teacher, **TOUCH)
    assert otter != owl
    expect(teacher.locator("#teach .here b")).to_have_text("2")
    # Sent to a card with a picture, and the answer out of sight.
    teacher.get_by_text("Hide parts of their page").click()
    teacher.locator("#teach .parts").get_by_label("True class of a test picture").check()
    teacher.locator("#teach [name=picture]").select_option("Drawing of a ship")
    teacher.get_by_role("button", name="Send all there").click()
    for pupil in (laptop, phone):
        expect(pupil.locator("#lesson h2")).to_have_text("Guess before you look")
        expect(band(pupil)).to_contain_text("Look here: your teacher has moved this page.")
        expect(pupil).to_have_url(re.compile("hide=truth"))
    guess(laptop, "ship")
    guess(phone, "frog")
    first = teacher.locator("#teach .cards li").first
    expect(first).to_contain_text("2 of 2 answered")
    expect(row(teacher, owl).locator(".at")).to_have_text("card 1 · answered")
    guess(phone, "cat")
    # The board counts, names who is stuck, and hides how they answered.
    expect(row(teacher, owl)).to_contain_text("wrong 2 times")
    expect(row(teacher, otter)).to_contain_text("right")
    expect(teacher.locator("#teach .pupils li").first).to_contain_text(owl)  # those who may be stuck come first
    expect(teacher.locator("#teach .tally")).to_have_count(0)
    teacher.get_by_role("button", name="Reveal here").click()
    answers = ["cat 1", "ship 1 the network's answer"]
    expect(teacher.locator("#teach .tally")).to_be_visible()
    assert bars(teacher.locator("#teach")) == answers
    expect(teacher.locator("#teach .tally li")).to_have_count(10)  # with the words that nobody chose
    expect(band(phone).get_by_role("button", name="Class answers")).to_be_hidden()
    teacher.get_by_role("button", name="Reveal to pupils, too").click()
    band(phone).get_by_role("button", name="Class answers").click()
    assert bars(band(phone)) == answers
    # All look here: what the teacher looks at now, own pictures left alone.
    teacher.goto(teacher.url.split("?")[0] + "?tab=explore&step=conv2&channel=3&row=4&column=5")
    band(teacher).get_by_role("button", name="All look here").click()
    for pupil in (laptop, phone):
        expect(pupil).to_have_url(re.compile("tab=explore.*step=conv2&channel=3"))
        expect(pupil.locator("#channel")).to_contain_text("conv2, channel 3")
        expect(pupil.locator("#lesson .card")).to_be_hidden()
        assert query(pupil)["hide"] == "truth"
    expect(band(phone).locator(".told")).to_be_hidden()
    expect(band(phone).get_by_role("button", name="Class answers")).to_be_hidden()
    # Whoever reloads comes back to the same place, by the same name.
    choose_tab(phone, "why")
    before = parse_qs(urlsplit(phone.url).query)
    phone.reload()
    expect(band(phone).locator(".name")).to_have_text(owl)
    expect(phone.get_by_role("tab", name="Why")).to_have_attribute("aria-selected", "true")
    expect(phone).to_have_url(re.compile("tab=why"))
    assert before["step"] == parse_qs(urlsplit(phone.url).query)["step"]
    # ... also by the link, in another tab of the same browser.
    again = phone.context.new_page()
    again.goto(f"{phone.url.split('?')[0]}?join={code_of_band(phone)}")
    expect(band(again).locator(".name")).to_have_text(owl)
    expect(again).to_have_url(re.compile("tab=why"))
    again.close()
    # The teacher comes back, too, and no address shows the secret.
    teacher.reload()
    expect(band(teacher)).to_contain_text("2 of 2 here")
    band(teacher).get_by_role("button", name="Board").click()
    expect(teacher.locator("#teach .cards li").first).to_contain_text("2 of 2 answered")
    assert "#" not in teacher.url and "teach=" not in teacher.url
    with teacher.expect_download() as saved:
        teacher.get_by_role("button", name="Save the answers (CSV)").click()
    text = saved.value.path().read_text()
    assert f"{owl},numbers,1,frog,cat,no,2," in text and f"{otter},numbers,1,ship,ship,yes,1," in text
    # Without the network a pupil is told, and is back when it is.
    laptop.context.set_offline(True)
    expect(band(laptop)).to_contain_text("No connection. Trying again")
    laptop.context.set_offline(False)
    expect(band(laptop)).not_to_contain_text("No connection")
    allowed.append("ERR_INTERNET_DISCONNECTED")
    # The end deletes all, and pupils are told.
    teacher.locator("#teach .end").click()
    teacher.get_by_role("button", name="End it and delete all?").click()
    for pupil in (laptop, phone):
        expect(band(pupil)).to_contain_text("Your class has ended")
        expect(band(pupil).locator(".name")).to_have_count(0)


def test_the_right_answer_is_marked_where_nobody_gave_it(teacher: Page, visit: Visit) -> None:
    pupil, _ = join(visit, teacher)
    teacher.locator("#teach [name=picture]").select_option("Drawing of a ship")
    teacher.get_by_role("button", name="Send all there").click()
    guess(pupil, "frog")
    teacher.get_by_role("button", name="Reveal to pupils, too").click()
    band(pupil).get_by_role("button", name="Class answers").click()
    for place in (teacher.locator("#teach"), band(pupil)):
        expect(place.locator(".tally")).to_be_visible()
        assert bars(place) == ["frog 1", "ship 0 the network's answer"]


def test_the_board_is_in_the_language_of_the_page_and_keeps_what_is_chosen(teacher: Page) -> None:
    teacher.locator("#teach [name=lesson]").select_option("convolution")
    teacher.locator("#teach [name=card]").select_option("2")
    teacher.get_by_text("Hide parts of their page").click()
    teacher.locator("#teach .parts").get_by_label("True class of a test picture").check()
    german = lessons("de")["convolution"]
    speak(teacher, "de")
    expect(teacher.locator("#teach .cards h3")).to_have_text(german.title)
    expect(teacher.locator("#teach .cards .title")).to_have_text(
        [f"{i}. {card.title}" for i, card in enumerate(german.cards, start=1)]
    )
    assert teacher.locator("#teach [name=card]").input_value() == "2"
    assert teacher.locator("#teach .parts input:checked").count() == 1
    speak(teacher, "en")
    expect(teacher.locator("#teach .cards h3")).to_have_text(lessons()["convolution"].title)


def speak(page: Page, code: str) -> None:
    open_panel(page, "menu")
    page.locator("#page-menu select").select_option(code)
    page.keyboard.press("Escape")


def code_of_band(page: Page) -> str:
    return re.sub("[^A-Z0-9]", "", band(page).locator(".who strong").first.inner_text())


def test_the_teachers_own_address_opens_the_board_elsewhere(teacher: Page, visit: Visit, allowed: list[str]) -> None:
    allowed.append("status of 410 .*/class/board")  # for whoever has a wrong one
    kept = teacher.evaluate("JSON.parse(localStorage.getItem('convscope-class-teacher'))")
    elsewhere = visit(f"?teach={kept['code']}&tab=teach#{kept['token']}")
    expect(elsewhere.locator("#teach .door .code")).to_have_text(code_of(teacher))
    expect(elsewhere).not_to_have_url(re.compile("#|teach=[A-Z]"))
    assert kept["token"] not in elsewhere.url
    wrong = visit(f"?teach={kept['code']}&tab=teach#{kept['token'][:-1]}")
    expect(band(wrong)).to_contain_text("not the teacher’s address")
    expect(wrong.get_by_role("button", name="Open a class")).to_be_visible()


def test_the_code_can_be_typed_and_the_picture_of_it_read(teacher: Page, visit: Visit, tmp_path) -> None:
    teacher.get_by_role("button", name="Show it large").click()
    shot = tmp_path / "code.png"
    teacher.locator("#teach dialog img").screenshot(path=shot)
    link = zxingcpp.read_barcode(Image.open(shot)).text
    assert link.endswith(f"?join={code_of(teacher).replace('-', '')}") and "#" not in link
    teacher.keyboard.press("Escape")
    pupil = visit("?tab=teach")
    pupil.get_by_label("Code of the class").fill(code_of(teacher).lower())
    pupil.get_by_role("button", name="Join", exact=True).click()
    band(pupil).get_by_role("button", name="Join", exact=True).click()
    expect(band(pupil).locator(".name")).to_be_visible()
    band(pupil).get_by_role("button", name="Leave class").click()
    expect(band(pupil)).to_contain_text("Your answers in this class are then deleted.")
    band(pupil).get_by_role("button", name="Leave for good?").click()
    expect(band(pupil)).to_contain_text("You have left the class.")
    expect(teacher.locator("#teach .here b")).to_have_text("0")
    expect(teacher.locator("#teach .pupils")).to_contain_text("1 pupil has left; their answers are deleted.")


def test_who_does_not_join_sees_the_answer_and_a_wrong_code_is_an_error(visit: Visit, allowed: list[str]) -> None:
    allowed.append("status of 422 .*/class/join")
    page = visit("?join=XXXX9")
    expect(page.locator("#probabilities")).to_be_hidden()
    band(page).get_by_role("button", name="Join", exact=True).click()
    said = band(page).locator(".said")
    expect(said).to_contain_text("There is no class with this code")
    edited = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--edited)';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }""")
    expect(said).to_have_css("color", edited)
    band(page).get_by_role("button", name="Not now").click()
    expect(page.locator("#answer .verdict")).to_be_visible()
    assert "hide" not in query(page)


@pytest.mark.parametrize("more", ["", "&lesson=numbers.1"])
def test_the_value_that_a_class_is_to_look_at_is_in_sight_on_a_phone(teacher: Page, visit: Visit, more: str) -> None:
    phone, _ = join(visit, teacher, **TOUCH)
    for place in ("row=30&column=3", "row=29&column=28", "row=2&column=3"):
        teacher.goto(f"{teacher.url.split('?')[0]}?tab=explore&step=conv1&channel=3&{place}{more}")
        band(teacher).get_by_role("button", name="All look here").click()
        expect(phone).to_have_url(re.compile(place))
        expect(phone.locator("#map .cell.chosen")).to_be_attached()
        phone.wait_for_function(IS_UNCOVERED)


def test_the_line_of_a_class_covers_nothing(teacher: Page, visit: Visit) -> None:
    for options in (TOUCH, {"viewport": {"width": 1280, "height": 720}}):
        pupil, _ = join(visit, teacher, **options)
        line, answer = (pupil.locator(each).bounding_box() for each in ("#class-band .band", "#answer"))
        assert answer["y"] + answer["height"] <= line["y"] + 1
        assert line["y"] + line["height"] <= pupil.locator("#bar").bounding_box()["height"] + 1
        assert line["height"] <= 60
        assert overflow(pupil) <= 0
        pupil.evaluate("scrollTo(0, 2000)")  # it stays in sight, with the answer
        expect(band(pupil).locator(".name")).to_be_in_viewport()
        expect(pupil.locator("#answer .verdict")).to_be_in_viewport()
    small = teacher.context.new_page()  # the teacher's board on a telephone
    small.set_viewport_size(PHONE["viewport"])
    small.goto(f"{teacher.url.split('?')[0]}?tab=teach")
    expect(small.locator("#teach .cards li")).to_have_count(5)
    assert overflow(small) <= 0
    for button in small.locator("#teach .class button:visible").all():
        assert button.bounding_box()["height"] >= 40
    small.close()


def test_a_whole_lesson_is_saved_with_its_key(visit: Visit) -> None:
    page = visit("?tab=teach")
    page.locator("#teach [name=sheet]").select_option("convolution")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the sheet and its key").click()
    assert saved.value.suggested_filename == "lesson-convolution.html"
    text = saved.value.path().read_text()
    assert "Drawing of a ship: the picture" in text
    assert "Convolution: multiply, add, slide" in text and "ConvScope lesson: key" in text
