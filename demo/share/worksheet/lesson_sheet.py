"""A whole lesson to print: its questions for the pupils, and after them the key on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from demo.core.inference import Inference
from demo.share.worksheet.exercise_model import Task
from demo.share.worksheet.worksheet import STYLE, enlarged, figure, tasks_html

EXTRA = """
body { font-size: 10.5pt; --cell: 2.4em; }
.exercise { margin: 0 0 1.2em; }
.exercise :is(h2, .network) { break-after: avoid; }
.exercise .network { margin: 0 0 0.3em; font-size: 0.9em; }
.exercise :is(p, ul, .ask) { break-inside: avoid; }
.exercise .ask { margin: 0.3em 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.4em 2em; }
.exercise .ask li::before { content: "☐ "; }
.exercise .ask.fields li::before { content: ""; }
.exercise .page-answer { border-bottom: 0.4pt dotted #000; height: 1.8em; }
.solution { margin-bottom: 0.9em; break-inside: avoid; }
"""


@dataclass(frozen=True)
class Exercise:
    """A card of a lesson on paper."""

    title: str
    html: str  # what it says, from the lesson's own file
    network: str  # the title of the one that it speaks of
    fields: tuple[str, ...] = ()  # the labels of numbers to fill in
    options: tuple[str, ...] = ()  # answers to choose from
    key: str = ""  # the right answer in words
    tasks: tuple[Task, ...] = ()  # the calculation of the value that it asks for


def lesson_sheet(title: str, idea: str, made: Inference, exercises: Sequence[Exercise], called: str = "") -> str:
    """A self-contained page for print, without script and without anything from elsewhere but a button that prints it.

    Args:
        title: of the lesson.
        idea: of it, in a sentence.
        made: the pass of the picture that all exercises are about, of which it holds what a network gets.
        exercises: in their order.
        called: the name of the picture; "" where it has none.
    """
    pupils = "".join(_question(number, each) for number, each in enumerate(exercises, 1))
    key = "".join(_solution(number, each) for number, each in enumerate(exercises, 1))
    size = made.model.size
    named = f"{called}: the" if called else "The"
    picture = figure(
        enlarged(made.model.picture(made.x)), f"{named} picture, as a network gets it: {size} × {size} pixels."
    )
    networks = ", ".join(dict.fromkeys(each.network for each in exercises))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Lesson: {escape(title)}</title>'
        f"<style>{STYLE}{EXTRA}</style></head><body>"
        '<main class="page"><div class="names"><b>ConvScope lesson</b><span>Name</span><span class="line"></span>'
        '<span>Date</span><span class="line"></span></div>'
        f'<h1>{escape(title)}</h1><p>{escape(idea)}</p><div class="start">{picture}<ol class="how">'
        f"<li>Open this picture in the program, with the network that each task names: {escape(networks)}.</li>"
        "<li>Rows, columns and channels are counted from 0, as in the program.</li>"
        f"<li>Round as the program does; a last digit more or less is fine.</li></ol></div>{pupils}</main>"
        f'<main class="page"><div class="names"><b>ConvScope lesson: key</b><span>{escape(title)}</span></div>'
        f"<h1>Key</h1>{key}</main>"
        '<button class="print" onclick="print()">Print: the last pages are the key</button></body></html>'
    )


def _question(number: int, one: Exercise) -> str:
    if one.options:
        asked = f'<ul class="ask">{"".join(f"<li>{escape(option)}</li>" for option in one.options)}</ul>'
    elif one.fields:
        gaps = "".join(f'<li>{escape(label)}: <span class="gap"></span></li>' for label in one.fields)
        asked = f'<ul class="ask fields">{gaps}</ul>'
    else:
        asked = '<p>Do it on the page, and write down what you did:</p><div class="page-answer"></div>'
    calculation = tasks_html(one.tasks, solved=False) if one.tasks else ""
    network = f'<p class="network">Network: {escape(one.network)}</p>'
    head = f"<h2>{number}. {escape(one.title)}</h2>{network}"
    return f'<section class="exercise">{head}{one.html}{calculation}{asked}</section>'


def _solution(number: int, one: Exercise) -> str:
    calculation = tasks_html(one.tasks, solved=True) if one.tasks else ""
    return (
        f'<section class="solution"><h2>{number}. {escape(one.title)} <span>({escape(one.network)})</span></h2>'
        f"<p>{escape(one.key)}</p>{calculation}</section>"
    )
