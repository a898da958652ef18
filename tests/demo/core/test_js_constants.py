"""What Python and JavaScript must say alike."""

from demo.core import js_constants


def test_what_both_languages_say_is_written_by_python() -> None:
    assert js_constants.PATH.read_text(encoding="utf-8") == js_constants.module(), "python -m demo.core.js_constants"
