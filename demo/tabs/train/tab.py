"""The Train tab: a network learns while everybody watches, and is then one of the networks of the page."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.components import Clock, NetworkRadio, PlainNumber
from demo.core.handlers import SILENT_EVENT, SPOKEN
from demo.core.outputs import named, outputs
from demo.tabs.train import handlers, runs
from demo.tabs.train.components import TrainedRuns
from demo.tabs.train.handlers import OFF, OWN_VALUES, PICTURES, News, OwnValues, Used, allowed
from train.service import queue


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    recipe: gr.Radio
    values: tuple[gr.Number, ...]  # epochs, learning rate, batch size, pictures, seed
    start: gr.Button
    stop: gr.Button
    use: gr.Button
    said: gr.HTML
    board: gr.HTML
    answers: gr.HTML
    runs: TrainedRuns
    clock: Clock


@dataclass(frozen=True)
class PageParts:
    """What of the page depends on trainings."""

    model: gr.Radio
    compared: gr.CheckboxGroup
    picture: gr.Image  # what the two answers are about
    chance: gr.Button  # draws a test picture, where there are any
    origin: gr.HTML  # a sentence about the picture, or that there are no test pictures


def layout() -> Tab | None:
    """The contents of the tab; None where nobody may train, which the tab then says."""
    if not allowed():
        gr.HTML(f"<p>{OFF}</p>", elem_id="training", apply_default_css=False, js_on_load=None)
        return None
    recipes = queue.recipes()
    first = next(iter(recipes.values()))
    recipe = NetworkRadio(
        [(recipe.title, name) for name, recipe in recipes.items()],
        value=first.name,
        label="Recipe",
        info="A network and how to train it; choosing one fills in its own values.",
        elem_id="recipe",
    )
    with gr.Row(elem_id="values"):
        values = tuple(
            PlainNumber(value, label=label, info=info, precision=precision, min_width=130)
            for value, label, info, precision in (
                (first.epochs, "Epochs", "times through all pictures", 0),
                (first.learning_rate, "Learning rate", "size of a step", None),
                (first.batch_size, "Batch size", "pictures per step", 0),
                (PICTURES, "Pictures", f"{queue.FEWEST_PICTURES} to {queue.ALL_PICTURES:,} of CIFAR-10", 0),
                (0, "Seed", "of everything random", 0),
            )
        )
    with gr.Row():
        start = gr.Button("Start training", variant="primary", size="md", elem_id="begin")
        stop = gr.Button("Stop", size="md", interactive=False, elem_id="stop")
        use = gr.Button("Use this network in all tabs", size="md", interactive=False, elem_id="use")
    html: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    said = gr.HTML(html_template=SPOKEN, elem_id="training", **html)
    board = gr.HTML(elem_id="board", **html)
    answers = gr.HTML(elem_id="answers", **html)
    trained = TrainedRuns(elem_id="runs")
    return Tab(recipe, values, start, stop, use, said, board, answers, trained, Clock("#training", elem_id="clock"))


def wire(tab: Tab | None, page: PageParts, refresh_event: dict[str, Any], **limit: Any) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        page: what of the page depends on trainings.
        refresh_event: the event by which the page shows the answer of another network.
        limit: concurrency of handlers that run a network.
    """
    if tab is None:
        return
    news = outputs(
        News,
        said=tab.said,
        board=tab.board,
        answers=tab.answers,
        start=tab.start,
        stop=tab.stop,
        use=tab.use,
        model=page.model,
        compared=page.compared,
        chance=page.chance,
        origin=page.origin,
        runs=tab.runs,
        clock=tab.clock,
    )
    looking: dict[str, Any] = {
        "fn": named(handlers.look),
        "inputs": [tab.clock, page.picture, page.origin],
        "outputs": news,
    }
    looking |= SILENT_EVENT | limit
    tab.clock.tick(**looking)
    filled = outputs(OwnValues, **dict(zip(OWN_VALUES, tab.values, strict=False)))
    tab.recipe.input(named(handlers.own_values), tab.recipe, filled, queue=False, **SILENT_EVENT)
    tab.start.click(handlers.begin, [tab.clock, tab.recipe, *tab.values], tab.clock, **SILENT_EVENT).success(**looking)
    tab.stop.click(handlers.end, tab.clock, None, **SILENT_EVENT).success(**looking)
    chosen = outputs(Used, model=page.model, compared=page.compared)
    tab.runs.own(handlers.own_runs, None, tab.runs, trigger_mode="multiple", **SILENT_EVENT)
    edited = outputs(runs.Edited, runs=tab.runs, model=page.model, compared=page.compared)
    lists = [page.model, page.compared]
    for event, handler, inputs in (
        (tab.runs.rename, handlers.rename, None),
        (tab.runs.remove, handlers.remove, lists),
    ):
        event(named(handler), inputs, edited, **SILENT_EVENT).success(**refresh_event)
    tab.use.click(named(handlers.use), [tab.clock, page.compared], chosen, **SILENT_EVENT).success(**refresh_event)
