"""The Lessons tab, and the strip of cards that stays beside the page while a lesson is open.

`lessons/LANGUAGE/NAME.md` are the lessons, `lesson.py` reads them, `checks.py` has what their cards check by name.
"""
