"""Adds to every catalogue the texts that tests of the page saw and that it lacks, for translators to fill in.

CONVSCOPE_TEXTS=/tmp/texts python -m pytest tests/browser
python -m tests.demo.languages /tmp/texts
"""

import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from demo.languages.catalogues import FOLDER, LANGUAGES, SOURCE
from tests.demo.languages.messages import is_wanted, message, sentences, unknown


def main(folder: Path) -> int:
    """The exit status."""
    places: dict[str, str] = {}  # message -> a text around it
    lines = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]
    for text, _, near, around in lines:
        for sentence in sentences(text):
            if is_wanted(sentence):
                places.setdefault(message(sentence), f"{near}: {around}" if around != sentence else near)
    for code in LANGUAGES:
        if code != SOURCE:
            print(f"{code}: {_update(FOLDER / f'{code}.po', code, places)} new of {len(places)}")
    return 0


def _update(path: Path, code: str, places: dict[str, str]) -> int:
    catalogue = read_po(path.open("rb"), locale=code.replace("-", "_")) if path.exists() else _empty(code)
    lacking = unknown(list(places), {code: {str(each.id): str(each.id) for each in catalogue if each.id}})[code]
    for text in sorted(lacking):
        catalogue.add(text, "", auto_comments=[places[text]] if places[text] else [])
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, sort_output=False)
    return len(lacking)


def _empty(code: str) -> Catalog:
    return Catalog(locale=code.replace("-", "_"), project="ConvScope", fuzzy=False)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
