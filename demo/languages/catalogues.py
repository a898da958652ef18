"""The languages of the page, and the catalogue of each.

A message is a text as the page shows it, in English, with `{n1}`, `{n2}` ... for numbers and `{t1}`, `{t2}` ... for
other texts that are put in, such as the name of a class. Words between `<a>` and `</a>` are marked, linked or
explained. A translation has the same ones, in any order.
"""

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

FOLDER = Path(__file__).parent / "catalogues"
SOURCE = "en"
# By the codes of BCP 47, which stand in the address: what each calls itself.
LANGUAGES = {SOURCE: "English", "de": "Deutsch", "es": "Espa\u00f1ol", "zh-Hans": "\u7b80\u4f53\u4e2d\u6587"}
PLACE = re.compile(r"\{[nt]\d+\}|</?[a-z]/?>")


def known(language: object) -> str:
    """A language of the page by its code, and English for whatever is none."""
    return language if isinstance(language, str) and language in LANGUAGES else SOURCE


class CatalogueError(ValueError):
    """A catalogue is not as it should be; the message names the file and the text."""


@cache
def messages(language: str) -> dict[str, str]:
    """English text -> its translation, of all that are translated; of English itself, none.

    Raises:
        CatalogueError: the file is damaged, or a translation puts in something else than its source.
    """
    if language == SOURCE:
        return {}
    path = FOLDER / f"{language}.po"
    with path.open("rb") as file:
        return read(path.name, file.read())


def read(name: str, text: bytes) -> dict[str, str]:
    """The messages in the text of a file.

    Raises:
        CatalogueError: as for `messages`.
    """
    try:
        catalogue: Catalog = read_po(iter(text.decode("utf-8").splitlines(keepends=True)), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{name} cannot be read: {error}.") from error
    found = {str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy}
    for source, translated in found.items():
        if sorted(PLACE.findall(source)) != sorted(PLACE.findall(translated)):
            raise CatalogueError(f"{name}: {translated!r} does not put in what {source!r} does.")
    return found
