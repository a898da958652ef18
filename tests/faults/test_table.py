"""docs/faults.md is what the tests say."""

from tests.faults import __main__ as table


def test_the_page_is_made_from_the_marks_of_the_tests() -> None:
    assert len(table.faults()) >= 40
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "run: python -m tests.faults"
