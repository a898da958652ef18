"""Answers for many files at once: pictures and zips of pictures, each bad one named with its reason."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from demo.errors import UserError
from demo.pictures.decode import PHOTO, given_size, open_image
from demo.render.html import jpeg_url
from model_zoo import Model, walk
from model_zoo.aerial.survey import is_whole_photo
from model_zoo.aerial.threshold import decision
from model_zoo.common import csv_export as answers
from model_zoo.common import safe_zip
from model_zoo.common.picture_file import accepted
from model_zoo.graph import step
from model_zoo.trust.judgement import FALSE_ALARMS, Judgement, too_few

MOST = 300
"""Pictures that are answered in one go; with a large photo taking a quarter of a second, about a minute of one core."""

ZIP = safe_zip.Limits(files=2_000, unpacked=2e9, ratio=200, harmless=10e6)
GONE = "This file is no longer on the server. Please give it again."
THUMBNAIL = 72  # pixels of the longer side
LONGEST_NAME = 200  # characters of a file's name that are shown
_ARCHIVES = {b"PK\3\4": "zip", b"7z\xbc\xaf'\x1c": "7z", b"Rar!": "RAR", b"\x1f\x8b": "gzip", b"BZh": "bzip2"}

LIMITS = (
    f"At most {MOST} pictures at a time ({accepted()}, {PHOTO.bytes / 1e6:.0f} MB and "
    f"{PHOTO.pixels / 1e6:.0f} million pixels each), as files or in zips of up to 100 MB."
)


@dataclass(frozen=True)
class Upload:
    """A file that a visitor gave."""

    name: str  # as the visitor calls it
    path: Path


@dataclass(frozen=True)
class Item:
    """A file to answer for, which may stand in a zip."""

    name: str
    path: Path
    member: safe_zip.Member | None = None


@dataclass(frozen=True)
class Answer:
    """What a network says of a file."""

    file: str
    thumbnail: str  # data: URL
    answer: str  # the most probable class
    probability: float  # of the class that the network looks for, or else of the answer
    decision: bool | None  # whether that reaches the network's threshold; None where nothing is decided
    whole: bool  # whether it shows far more than the network learned to look at, see `is_whole_photo`
    typicality: float | None  # share of known pictures that look at least as strange to it; None: not known
    is_unfamiliar: bool | None  # None: not known, or too few pictures were held back to say it
    prediction_set: tuple[str, ...]  # classes that cannot be excluded; empty: not known


@dataclass(frozen=True)
class Trouble:
    """A file without an answer."""

    file: str
    reason: str


@dataclass(frozen=True)
class Results:
    """What there is so far."""

    network: str  # its title
    count: int  # of files to answer for
    label: str | None  # the class that the probabilities are of; None: each of its answer
    threshold: float | None
    false_alarms: float = FALSE_ALARMS  # the share of known pictures that are called unfamiliar as well
    too_few: str = ""  # why none can be called so at that share, in words
    answers: tuple[Answer, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def listed(uploads: Sequence[Upload]) -> tuple[list[Item], list[Trouble]]:
    """The files to answer for, those within zips too, at most `MOST`; and what is left out, with reasons."""
    items: list[Item] = []
    troubles: list[Trouble] = []
    for upload in uploads:
        if safe_zip.is_hidden(upload.name):  # of a whole folder that somebody chose
            continue
        name = shown(upload.name)
        try:
            if safe_zip.is_zip(upload.path):
                inside = safe_zip.members(upload.path, name, ZIP)
                found = [
                    Item(shown(member.name if len(uploads) == 1 else f"{name}/{member.name}"), upload.path, member)
                    for member in inside
                    if not safe_zip.is_hidden(member.name)
                ]
                items += found
                if not found:
                    troubles.append(Trouble(name, "This archive is empty: it holds no file."))
            else:
                items.append(Item(name, upload.path))
        except safe_zip.ArchiveError as error:
            troubles.append(Trouble(name, str(error)))
        except OSError:
            troubles.append(Trouble(name, GONE))
    if len(items) > MOST:
        left = len(items) - MOST
        troubles.append(
            Trouble(f"{left:,} more file{'s' if left > 1 else ''}", f"At most {MOST} are answered at a time.")
        )
    return items[:MOST], troubles


def answering(
    model: Model, title: str, uploads: Sequence[Upload], false_alarms: float = FALSE_ALARMS
) -> Iterator[Results]:
    """The results as they grow: before the first file, and after each one.

    Args:
        false_alarms: the share of known pictures that may be called unfamiliar, between 0 and 1.
    """
    items, troubles = listed(uploads)
    label, threshold = decision(model)
    found: list[Answer] = []
    nothing = Results(title, len(items), label, threshold, false_alarms, too_few(model.trust, false_alarms))

    def results() -> Results:
        return replace(nothing, answers=tuple(found), troubles=tuple(troubles))

    yield results()
    with safe_zip.Reader() as reader:
        for item in items:
            try:
                found.append(answer(model, item, label, threshold, reader, false_alarms))
            except (UserError, safe_zip.ArchiveError) as error:
                troubles.append(Trouble(item.name, str(error)))
            except OSError:
                troubles.append(Trouble(item.name, GONE))
            yield results()


def answer(
    model: Model,
    item: Item,
    label: str | None,
    threshold: float | None,
    reader: safe_zip.Reader,
    false_alarms: float = FALSE_ALARMS,
) -> Answer:
    """What a network says of one file, exactly as the Answer tab would.

    Args:
        label: the class whose probability counts, or None for that of the answer.
        threshold: of that probability, or None.
        reader: of files in archives.
        false_alarms: see `answering`.

    Raises:
        UserError, ArchiveError: why the file cannot be used, in words.
    """
    picture = open_image(_contents(item, reader), PHOTO)
    best, shares, judged = _answered(model, picture, false_alarms)
    probability = shares[label or best]
    whole = is_whole_photo(model, *given_size(picture))
    decided = probability >= threshold if label and threshold is not None and not whole else None
    trusted = judged.typicality, judged.is_unfamiliar, judged.prediction_set
    return Answer(item.name, _thumbnail(picture), best, probability, decided, whole, *trusted)


def _answered(model: Model, picture: Image.Image, false_alarms: float) -> tuple[str, dict[str, float], Judgement]:
    """The most probable class, all probabilities, and how far they can be trusted; one pass."""
    x = model.prepare(picture)
    steps = walk(model.net, x)
    shares = step.answer(steps).output[0].double().softmax(0).tolist()
    found = dict(zip(model.classes, shares, strict=True))
    return max(found, key=found.__getitem__), found, model.judgements(x, steps, false_alarms)[0]


def table(results: Results) -> str:
    """CSV with a row per file, those without an answer last. No cell can be taken for a formula."""
    rows = (
        answers.Answer(
            one.file,
            one.answer,
            results.label or one.answer,
            one.probability,
            one.decision,
            answers.WHOLE if one.whole else "",
            trust=_trusted(one, results.false_alarms),
        )
        for one in results.answers
    )
    return answers.table(rows, ((trouble.file, trouble.reason) for trouble in results.troubles))


def _trusted(one: Answer, false_alarms: float) -> answers.Trusted | None:
    if one.typicality is None:
        return None
    return answers.Trusted(one.typicality, one.is_unfamiliar, false_alarms, one.prediction_set)


def value(results: Results, run: str) -> dict[str, Any]:
    """What the page's table shows; `run` tells one order from the next."""
    return {
        "run": run,
        "words": summary(results),
        "label": results.label,
        "threshold": results.threshold,
        "answers": [asdict(one) for one in results.answers],
        "troubles": [asdict(one) for one in results.troubles],
    }


def summary(results: Results) -> str:
    """The table in a sentence or two."""
    answered = len(results.answers)
    text = f"{results.network} has answered for {answered:,} file{'' if answered == 1 else 's'}."
    if not answered:
        return "None of the files could be answered." if results.troubles else "Nothing has been answered yet."
    text += _unfamiliar(results)
    whole = sum(one.whole for one in results.answers)
    if whole:
        text += (
            f" {whole:,} of them, marked below, {'shows' if whole == 1 else 'show'} far more ground than it learned to "
            "look at, so that one answer means little and nothing is decided: survey such whole photos one by one, in "
            "the other tab."
        )
    if results.threshold is not None:
        found = sum(bool(one.decision) for one in results.answers)
        return (
            f"{text} {found:,} of them reach its threshold of {results.threshold:.0%} for {results.label}, which was "
            "chosen on other pictures."
        )
    return f"{text} It has no threshold for a decision; the table shows how probable each answer is."


def _unfamiliar(results: Results) -> str:
    """How many of the answers are about pictures that the network does not know, as a sentence behind others."""
    if results.too_few:
        return f" {results.too_few}"
    if any(one.is_unfamiliar is None for one in results.answers):
        return " It is unknown whether it knows pictures like these."
    count = sum(bool(one.is_unfamiliar) for one in results.answers)
    verb = "looks" if count == 1 else "look"
    return (
        f" {count:,} {verb} unlike anything it learned from, by a line beyond which {100 * results.false_alarms:.3g} % "
        "of known pictures are, too: what it says of such a file says little."
        if count
        else ""
    )


def shown(name: str) -> str:
    """A file's name for reading: on one line, shortened in the middle."""
    name = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def _contents(item: Item, reader: safe_zip.Reader) -> Path | bytes:
    """What `open_image` takes. Raises UserError for archives in archives, which are never opened."""
    if item.member is None:
        with open(item.path, "rb") as file:
            kind = _archive_kind(file.read(8), item.name)
        if kind:
            raise UserError(f"This is a {kind} archive, and only zips are read. Please unpack it, or pack a zip.")
        return item.path
    if item.member.size > PHOTO.bytes:
        raise UserError(
            f"This file has {item.member.size / 1e6:,.4g} MB; at most {PHOTO.bytes / 1e6:.0f} MB can be opened."
        )
    data = reader.read(item.path, item.member)
    kind = _archive_kind(data, item.name)
    if kind:
        raise UserError(f"This is a {kind} archive within the archive, which is not opened. Please unpack it first.")
    return data


def _archive_kind(head: bytes, name: str) -> str:
    kinds = (kind for start, kind in _ARCHIVES.items() if head.startswith(start))
    return next(kinds, "tar" if name.lower().endswith(".tar") else "")


def _thumbnail(picture: Image.Image) -> str:
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return jpeg_url(small, 75)
