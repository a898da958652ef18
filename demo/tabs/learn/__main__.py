"""Whether the lessons can be read and opened: `python -m demo.tabs.learn [FILE.md ...]`, by default those that ship.

Says for each file what is in it, or what is wrong with it; the exit status is 1 if anything is.
"""

import sys
from pathlib import Path

import torch

import model_zoo
from demo.core.view import View
from demo.languages.catalogues import SOURCE
from demo.tabs.learn.lesson import FOLDER, Lesson, LessonError, read


def main(files: list[str]) -> int:
    """The exit status."""
    wrong = 0
    for path in [Path(file) for file in files] or sorted((FOLDER / SOURCE).glob("*.md")):
        try:
            lesson = read(path.stem, path.read_text(encoding="utf-8"))
            _places(lesson)
            print(f"{path.name}: {len(lesson.cards)} cards, {lesson.minutes} minutes. Open ?lesson={lesson.name}.1")
        except (LessonError, OSError) as error:
            wrong += 1
            print(f"{path.name}: {error}")
    return int(wrong > 0)


def _places(lesson: Lesson) -> None:
    """Whether an address can name the lesson, and the networks of its cards and their steps are there."""
    if View.parse(f"?lesson={lesson.name}.1").lesson != f"{lesson.name}.1":
        raise LessonError(f"{lesson.name}: the name of the file must be of small letters, digits and hyphens.")
    for card in lesson.cards:
        place, name = f"{lesson.name}, {card.title}", card.view.get("model", model_zoo.names()[0])
        if name not in model_zoo.names():
            raise LessonError(f"{place}: there is no network {name!r}; there are {', '.join(model_zoo.names())}.")
        model = model_zoo.load(name)
        blank = torch.zeros(1, 3, model.size, model.size)
        steps = [step.name for step in model_zoo.walk(model.net, blank)]
        for step in filter(None, (card.view.get("step"), getattr(card.check, "step", ""))):
            if step not in steps:
                raise LessonError(f"{place}: {name} has no step {step!r}; it has {', '.join(steps)}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
