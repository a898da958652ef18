"""From texts that the page showed to messages of a catalogue: numbers and names become places that are filled in."""

import ast
import json
import re
import subprocess
from functools import cache

import yaml

from demo.languages.catalogues import PLACE
from tests.conftest import ROOT, WEIGHTS

NUMBER = r"[−+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[−+-]?\d+)?"
NUMBERS = re.compile(rf"(?<![^\W\d_])(?<![\d_.]){NUMBER}(?![^\W_]|\.\d)")
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d“<])|(?<=[.!?]</[a-z]>)\s+")
LETTERS = re.compile(r"[^\W\d_]{2}")
LEAST_LITERAL = 10  # letters of a template in the code that make it worth a try
MOST_PLACES = 8
MOST_WORDS = 5  # of a text that is put in
STEP = re.compile(
    r"\b(?:(?:conv|pool|relu|fc|norm|gelu|block|layer|unit|stage|bn)\d[\w.]*|[a-z]+\d*(?:\.[a-z]*\d*\w+)+)\b"
)
# Gradio's own, code, and what tests send.
NOT_OURS = re.compile(
    r"^(processing|queue:) ?|\| ?[\d.]+(?:/|s$)|^\"|=\"|onerror=|^[\w.]+\(|^\w+ = | \(also: |,,,|GRADIO_SERVER_NAME="
)
NAMES = re.compile(r"^[\w./:%?=&~#@+-]*[\d_/.=][\w./:%?=&~#@,+-]*$")  # of steps, files, addresses


def unknown(texts: list[str], catalogues: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """The texts that each catalogue does not know, by the very code that the page uses."""
    given = json.dumps({"catalogues": catalogues, "texts": texts})
    done = subprocess.run(
        ["node", "tests/demo/languages/unknown.js"], cwd=ROOT, input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def sentences(text: str) -> list[str]:
    """A text into its sentences as the page takes it apart, each with letters of its own for what is marked in it."""
    found, open_ = [], ""
    for piece in SENTENCES.split(text):
        open_ += f" {piece}" if open_ else piece
        if len(re.findall("<[a-z]>", open_)) == len(re.findall("</[a-z]>", open_)):
            found.append(_relettered(open_))
            open_ = ""
    return [*found, *([_relettered(open_)] if open_ else [])]


def _relettered(text: str) -> str:
    old: list[str] = []

    def fresh(found: re.Match[str]) -> str:
        if found[2] not in old:
            old.append(found[2])
        return f"<{found[1]}{chr(ord('a') + old.index(found[2]))}{found[3]}>"

    return re.sub(r"<(/?)([a-z])(/?)>", fresh, text)


def message(text: str) -> str:
    """The message of a text: by the template in the code that made it, or with its numbers and names taken out."""
    for pattern, longest in _templates():
        found = pattern.fullmatch(text) if longest in text else None
        if found and _fits(pattern, found):
            return _filled(pattern, found)
    count = {"n": 0, "t": 0}

    def place(kind: str) -> str:
        count[kind] += 1
        return f"{{{kind}{count[kind]}}}"

    named = text
    if len(text.split()) > 1:
        named = _values().sub(lambda _: place("t"), STEP.sub(lambda _: place("t"), text))
    return NUMBERS.sub(lambda _: place("n"), named)


def is_wanted(text: str) -> bool:
    """Whether it is words of the page, and no name, no code, and none of what stands in files of its own."""
    plain = re.sub(r"</?[a-z]/?>", "", text)
    if not LETTERS.search(plain) or NAMES.fullmatch(plain) or NOT_OURS.search(plain):
        return False
    if not LETTERS.search(PLACE.sub("", message(text))):
        return False  # nothing but what is put in
    bare = re.sub(rf"[:,]?( {NUMBER} %)?$", "", plain)
    unnumbered = re.sub(r"^\d+\. ", "", plain)  # cards of a lesson have their number before the title
    return bare not in _thousand() and unnumbered not in _elsewhere()


@cache
def _elsewhere() -> str:
    lessons = [path.read_text(encoding="utf-8") for path in (ROOT / "demo/tabs/learn/lessons/en").glob("*.md")]
    glossary = yaml.safe_load((ROOT / "demo/glossary/en.yaml").read_text(encoding="utf-8"))
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", "\n".join(lessons))
    said = [
        f"{term.get('title', name.replace('-', ' ')).capitalize()}: {term['says']}" for name, term in glossary.items()
    ]
    return "\n".join([re.sub(r"[*`]", "", plain), *said])


@cache
def _cards() -> list[dict]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in WEIGHTS.glob("*/card.json")]


@cache
def _thousand() -> frozenset[str]:
    """Classes of networks with many of them, which stay as their data set calls them."""
    return frozenset(name for card in _cards() if len(card["classes"]) > 100 for name in card["classes"])


@cache
def _values() -> re.Pattern[str]:
    words = {name for card in _cards() if len(card["classes"]) <= 100 for name in card["classes"]}
    words |= {card["title"] for card in _cards()} | {card["name"] for card in _cards()}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b")


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Texts of the code with places in them, most literal first, each with the longest of its parts."""
    found: set[tuple[str, ...]] = set()
    for folder in ("demo", "model_zoo", "train"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found.add(_literals(node))
    for path in (ROOT / "demo").rglob("*.js"):
        for text in re.findall(r"`((?:[^`\\]|\\.)*)`", path.read_text(encoding="utf-8")):
            if "${" in text:
                found.add(tuple(re.split(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", text)))
    patterns = []
    for parts in found:
        clean = [re.sub(r"\s+", " ", part) for part in parts]
        literal = "".join(clean)
        if (
            re.search(r"[<>{}]", literal)
            or len(LETTERS.findall(literal)) < LEAST_LITERAL / 2
            or len(clean) > MOST_PLACES
        ):
            continue
        patterns.append((len(literal), re.compile("(.+?)".join(map(re.escape, clean))), max(clean, key=len)))
    return [(pattern, longest) for _, pattern, longest in sorted(patterns, key=lambda each: -each[0])]


def _fits(pattern: re.Pattern[str], found: re.Match[str]) -> bool:
    """Whether what is put in is short beside what stands there anyway: else the match may be by chance."""
    given = [found[group] for group in range(1, pattern.groups + 1)]
    words = sum(len(each) for each in given if not re.fullmatch(NUMBER, each))
    return all(len(each.split()) <= MOST_WORDS for each in given) and words <= len(found.string) / 2


def _literals(node: ast.JoinedStr) -> tuple[str, ...]:
    parts = [""]
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts[-1] += str(value.value)
        else:
            parts.append("")
    return tuple(parts)


def _filled(pattern: re.Pattern[str], found: re.Match[str]) -> str:
    count, text, end = {"n": 0, "t": 0}, "", 0
    for group in range(1, pattern.groups + 1):
        text += NUMBERS.sub("{n?}", found.string[end : found.start(group)])
        if found[group] in ("s", "es", "the"):  # a plural, or a word that only sometimes stands there
            text += found[group]
        else:
            text += "{n?}" if re.fullmatch(NUMBER, found[group]) else "{t?}"
        end = found.end(group)
    text += NUMBERS.sub("{n?}", found.string[end:])

    def numbered(match: re.Match[str]) -> str:
        count[match[1]] += 1
        return f"{{{match[1]}{count[match[1]]}}}"

    return re.sub(r"\{([nt])\?\}", numbered, text)
