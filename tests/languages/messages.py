"""From texts that the page showed to messages of a catalogue: numbers and names become places that are filled in."""

import ast
import json
import re
import subprocess
from functools import cache

import yaml

from tests.conftest import ROOT, WEIGHTS

NUMBER = r"[−+-]?\d[\d,]*(?:\.\d+)?(?:e[−+-]?\d+)?"
NUMBERS = re.compile(rf"(?<![^\W\d_])(?<![\d_.]){NUMBER}(?![^\W_]|\.\d)")
SENTENCES = re.compile(r"(?:(?<=[.!?])|(?<=[.!?]</[a-z]>))\s+(?=[A-Z\d“<])")
LETTERS = re.compile(r"[^\W\d_]{2}")
LEAST_LITERAL = 10  # letters of a template in the code that make it worth a try
STEP = re.compile(
    r"\b(?:(?:conv|pool|relu|fc|norm|gelu|block|layer|unit|stage|bn)\d[\w.]*|[a-z]+\d*(?:\.[a-z]*\d*\w+)+)\b"
)
NAMES = re.compile(r"^[\w./:%?=&~#@+-]*[\d_/.=][\w./:%?=&~#@,+-]*$")  # of steps, files, addresses


def unknown(texts: list[str], catalogues: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """The texts that each catalogue does not know, by the very code that the page uses."""
    given = json.dumps({"catalogues": catalogues, "texts": texts})
    done = subprocess.run(
        ["node", "tests/languages/unknown.js"], cwd=ROOT, input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def message(text: str) -> str:
    """The message of a text: by the template in the code that made it, or with its numbers and names taken out."""
    for pattern, literal in _templates():
        found = pattern.fullmatch(text)
        if found and literal >= LEAST_LITERAL:
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
    if not LETTERS.search(text) or NAMES.fullmatch(text) or text in _thousand():
        return False
    return text not in _elsewhere()


@cache
def _elsewhere() -> str:
    lessons = [path.read_text(encoding="utf-8") for path in (ROOT / "demo/tabs/learn/lessons/en").glob("*.md")]
    glossary = yaml.safe_load((ROOT / "demo/glossary/en.yaml").read_text(encoding="utf-8"))
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", "\n".join(lessons))
    return re.sub(r"[*`]", "", plain) + "\n".join(term["says"] for term in glossary.values())


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
def _templates() -> list[tuple[re.Pattern[str], int]]:
    """Texts of the code with places in them, most literal first."""
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
        literal = sum(len(part) for part in clean if not re.search(r"[<>]", part))
        if any(re.search(r"[<>{}]", part) for part in clean) or not LETTERS.search("".join(clean)):
            continue
        patterns.append((re.compile("(.+?)".join(map(re.escape, clean))), literal))
    return sorted(patterns, key=lambda each: -each[1])


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
        kind = "n" if re.fullmatch(NUMBER, found[group]) else "t"
        text += f"{{{kind}?}}"
        end = found.end(group)
    text += NUMBERS.sub("{n?}", found.string[end:])

    def numbered(match: re.Match[str]) -> str:
        count[match[1]] += 1
        return f"{{{match[1]}{count[match[1]]}}}"

    return re.sub(r"\{([nt])\?\}", numbered, text)
