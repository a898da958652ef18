"""Draws docs/architecture.svg from the imports in the code: `python -m docs.architecture`.

Where a room stands and what is said of it is written here; the arrows are read. An arrow that goes without saying,
because other arrows lead the same way, is left out. One that points up, against the order of the rooms, is red.
"""

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import wrap

from docs.imports import ROOT, Graph, graph, rooms, sources

PICTURE = Path(__file__).with_name("architecture.svg")
WIDTH, HEIGHT = 1240, 1350
INK, PALE, WRONG = "#1f2933", "#52606d", "#c62828"


@dataclass(frozen=True)
class Room:
    """A box: where it stands, in pixels, and what is said of it; the line "*" lists what is inside."""

    name: str
    x: int
    y: int
    width: int
    lines: tuple[str, ...] = ()
    height: int = 62

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


# fmt: off
PARTS = {  # the frames, with the colours of frame and title
    Room("demo", 30, 136, 700, ("the page, in Gradio",), 632): ("#eaf2fb", "#2b6cb0"),
    Room("train", 800, 136, 410, ("fits networks, writes entries",), 632): ("#fdf3e4", "#975a16"),
    Room("model_zoo", 30, 816, 1180, ("trained networks and how to look inside one",), 506): ("#eaf7ee", "#276749"),
}
ROOMS = (
    Room("app", 50, 62, 190, ("settings, start, address",), 52),
    Room("demo.launching", 290, 62, 200, ("what both starts share",), 52),
    Room("demo.showing", 540, 62, 170, ("demo.show(net)",), 52),
    Room("demo.api", 50, 188, 150, ("for programs",)),
    Room("demo.live", 405, 188, 145, ("pictures that move",)),
    Room("demo.page", 225, 188, 150, ("around the tabs",)),
    Room("demo.theme", 580, 188, 130, ("colours, fonts",)),
    Room("demo.tabs", 50, 280, 660, ("a folder each: layout, handlers, JavaScript, HTML, CSS", "*"), 88),
    Room("demo.visitors", 490, 398, 220, ("token, pictures, orders",)),
    Room("demo.share", 50, 398, 400, ("links, QR codes, downloads, ONNX files, worksheets",)),
    Room("demo.core", 50, 490, 660, ("View: what is looked at · Inference: one picture, one pass through a network",)),
    Room("demo.render", 50, 582, 190, ("arrays to HTML, colours",)),
    Room("demo.pictures", 280, 582, 200, ("untrusted file to picture",)),
    Room("demo.server", 520, 582, 190, ("limits, queue, compression",)),
    Room("demo.private", 50, 678, 240, ("networks of one visitor",)),
    Room("demo.errors", 330, 678, 380, ("UserError: a sentence for the reader",)),
    Room("train.service", 820, 188, 165, ("a queue for the page",)),
    Room("train.__main__", 1025, 188, 165, ("python -m train",)),
    Room("train.commands", 820, 278, 370, ("a module for each word after python -m train", "*"), 132),
    Room("train.tools", 820, 440, 370, ("what commands without a training do",), 56),
    Room("train.engine", 820, 526, 370, ("the loop, devices, processes, checkpoints",), 56),
    Room("train.recipes", 820, 612, 105, ("every value",), 56),
    Room("train.entry", 955, 612, 105, ("card, history",), 56),
    Room("train.data", 1090, 612, 100, ("sets, splits",), 56),
    Room("train.recipe_types", 820, 698, 150, ("fields and ranges",), 52),
    Room("model_zoo.__main__", 50, 866, 200, ("python -m model_zoo",), 52),
    Room("model_zoo", 290, 866, 900, ("names, load, adopt, walk: what the others call",), 52),
    Room("model_zoo.commands", 50, 946, 200, ("add, list, remove, check",), 52),
    Room("model_zoo.adopting", 290, 946, 230, ("networks from elsewhere",), 52),
    Room("model_zoo.aerial", 560, 946, 200, ("surveys of whole photos",), 52),
    Room("model_zoo.explain", 800, 946, 390, ("sums, receptive fields, attribution",), 52),
    Room("model_zoo.entries", 50, 1026, 470, ("cards and weights, read, written",), 52),
    Room("model_zoo.nets", 50, 1106, 150, ("our architectures",), 52),
    Room("model_zoo.libraries", 220, 1106, 150, ("torchvision, timm",), 52),
    Room("model_zoo.onnx_graph", 390, 1106, 130, ("ONNX files",), 52),
    Room("model_zoo.model", 560, 1106, 370, ("a network, its classes, its preprocessing",), 52),
    Room("model_zoo.trust", 390, 1186, 250, ("how far an answer can be trusted",), 52),
    Room("model_zoo.graph", 680, 1186, 510, ("the walk: every step, its output, its edits",), 52),
    Room("model_zoo.common", 50, 1266, 1140, ("small things that several use",), 44),
)
# fmt: on
CROSSINGS = {  # the only ways from one part to another
    ("demo", "model_zoo"): (380, 768, 380, 816),
    ("train", "model_zoo"): (1005, 768, 1005, 816),
    ("demo", "train.service"): (730, 219, 820, 219),
}
PLACES = {room.name: room for room in ROOMS}


def draw() -> str:
    """The picture as SVG; the same code gives the same text.

    Raises:
        LookupError: a module stands in no room.
    """
    modules = graph()
    arrows = rooms(modules, {*PLACES, *(part.name for part in PARTS)})
    shapes = [_frame(part, *colours) for part, colours in PARTS.items()]
    inside = {a: {b for b in to if a.split(".")[0] == b.split(".")[0]} for a, to in arrows.items()}
    inside["app"] = arrows["app"]
    shown, taken = [PLACES[name] for name in PLACES if name in arrows], []
    for start in shown:
        for name in sorted(_needed(start.name, inside)):
            shapes.append(_arrow(start, PLACES[name], shown, taken))
    shapes += [_crossing(*pair) for pair in sorted(_crossings(arrows))]
    shapes += [_box(room, modules) for room in shown]
    return TEMPLATE.format(width=WIDTH, height=HEIGHT, ink=INK, pale=PALE, wrong=WRONG, shapes="\n".join(shapes))


def _needed(name: str, arrows: Graph) -> set[str]:
    """The arrows from a room that no longer way down replaces."""
    targets = {to for to in arrows.get(name, ()) if to in PLACES}
    lower = {to for to in targets if PLACES[to].y >= PLACES[name].y}
    beyond: set[str] = set()
    ahead = list(lower)
    while ahead:
        here = ahead.pop()
        steps = {to for to in arrows.get(here, ()) if to in PLACES and PLACES[to].y >= PLACES[here].y} - beyond - {here}
        beyond |= steps
        ahead += steps
    return targets - beyond


def _arrow(start: Room, end: Room, shown: list[Room], taken: list[tuple[int, Room]]) -> str:
    """From the lower edge of a box to the upper edge of another, where no third box is in the way."""
    if end.y < start.y:
        return _line(start.x + start.width // 3, start.y, end.x + end.width // 3, end.bottom, "wrong")
    if end.y == start.y:
        near, far = (start.right, end.x) if start.x < end.x else (start.x, end.right)
        return _line(near, start.y + start.height // 2, far, start.y + start.height // 2)
    left, right = max(start.x, end.x) + 15, min(start.right, end.right) - 15
    between = [room for room in shown if start.bottom <= room.y < end.y]
    middle = (left + right) // 2
    for x in sorted(range(left, right, 5), key=lambda x: abs(x - middle)):
        free = all(not room.x - 12 < x < room.right + 12 for room in between)
        if free and all(abs(x - other) > 30 for other, room in taken if room.y == end.y):
            taken.append((x, end))
            return _line(x, start.bottom, x, end.y)
    return _line(start.x + start.width // 2, start.bottom, end.x + end.width // 2, end.y)


def _crossings(arrows: Graph) -> set[tuple[str, str]]:
    """Which part imports of which other; of the training the room counts, not the part."""
    pairs = {(a.split(".")[0], b.split(".")[0], b) for a, to in arrows.items() for b in to}
    return {(a, room if b == "train" else b) for a, b, room in pairs if a not in (b, "app")}


def _crossing(part: str, to: str) -> str:
    if (part, to) in CROSSINGS:
        return _line(*CROSSINGS[part, to])
    frames = {frame.name: frame for frame in PARTS}
    start, end = frames[part], frames.get(to) or PLACES[to]
    return _line(start.x + start.width // 2, start.y, end.x + end.width // 2, end.y, "wrong")


def _line(x1: int, y1: int, x2: int, y2: int, kind: str = "") -> str:
    return f'<line class="arrow {kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" marker-end="url(#head{kind})"/>'


def _frame(part: Room, pale: str, deep: str) -> str:
    place = f'x="{part.x}" y="{part.y}" width="{part.width}" height="{part.height}"'
    return (
        f'<rect {place} rx="14" fill="{pale}" stroke="{deep}"/>'
        f'<text class="part" x="{part.x + 20}" y="{part.y + 33}">{part.name}/'
        f'<tspan class="words" dx="12">{escape(part.lines[0])}</tspan></text>'
    )


def _box(room: Room, modules: Graph) -> str:
    inside = sorted({name.split(".")[2] for name in modules if "*" in room.lines and name.startswith(f"{room.name}.")})
    listed = wrap(" · ".join(inside), room.width // 8, break_on_hyphens=False)
    lines = [*(line for line in room.lines if line != "*"), *listed]
    title = sources()[room.name].name.replace("__init__.py", room.name.rpartition(".")[2])
    x, y = room.x + room.width // 2, room.y + (room.height - 18 * len(lines)) // 2 + 5
    place = f'x="{room.x}" y="{room.y}" width="{room.width}" height="{room.height}"'
    return f'<rect class="room" {place} rx="8"/><text class="name" x="{x}" y="{y}">{title}</text>' + "".join(
        f'<text class="words" x="{x}" y="{y + 18 * row}">{escape(line)}</text>' for row, line in enumerate(lines, 1)
    )


TEMPLATE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">
<title id="title">ConvScope: which room imports which</title>
<style>
text {{ font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: {ink}; text-anchor: middle }}
.heading {{ font-size: 22px; font-weight: 600; text-anchor: start }}
.part {{ font-size: 19px; font-weight: 600; text-anchor: start }}
.name {{ font-size: 15px; font-weight: 600 }}
.words {{ fill: {pale}; font-size: 13px; font-weight: 400 }}
.room {{ fill: #ffffff; stroke: #9aa5b1 }}
.arrow {{ stroke: {ink}; stroke-width: 1.6 }}
.wrong {{ stroke: {wrong}; stroke-dasharray: 6 4 }}
</style>
<defs>
<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0L10 5L0 10z" fill="{ink}"/></marker>
<marker id="headwrong" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0L10 5L0 10z" fill="{wrong}"/></marker>
</defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
<text class="heading" x="30" y="40">ConvScope: which room imports which</text>
<text class="words" x="1210" y="18" style="text-anchor: end">Arrows are read from the imports in the code.
A dashed red one would point against the order of the rooms.</text>
{shapes}
</svg>
"""


def main() -> int:
    PICTURE.write_text(draw(), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
