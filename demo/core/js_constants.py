"""What Python and JavaScript must say alike, written as a JavaScript module: the fields of a View, and the colours.

`python -m demo.core.js_constants` writes it anew; a test compares.
"""

import dataclasses
import json
from pathlib import Path
from typing import get_args, get_type_hints

from demo.core import view
from demo.core.crop import Crop
from demo.languages.catalogues import LANGUAGES
from demo.render import colormap

PATH = Path(__file__).parents[1] / "static" / "lib" / "generated.js"
CHOICES = {"tab": view.TABS, "scale": view.SCALES, "view": view.VIEWS, "lane": view.LANES}


def module() -> str:
    """The whole text of `static/lib/generated.js`."""
    hints = get_type_hints(view.View)
    fields = {field.name: field.default for field in dataclasses.fields(view.View)}
    types = "".join(f" * @property {{{_type(hints[name])}}} {name}\n" for name in fields)
    whole = [name for name, hint in hints.items() if int in (hint, *get_args(hint))]
    return f"""// Written by `python -m demo.core.js_constants` from demo/core/view.py and its like.

/**
 * What the page shows; see `View` in demo/core/view.py.
 * @typedef {{object}} View
{types} */

/** @type {{View}} */
export const VIEW = {json.dumps(fields)};

/** The fields that take only some values. */
export const CHOICES = {json.dumps(CHOICES)};

/** The fields that are whole numbers from 0. */
export const WHOLE = {json.dumps(whole)};

/**
 * The tabs of each area, in their order.
 * @type {{{{ [area: string]: string[] }}}}
 */
export const AREAS = {json.dumps({area.name: list(area.tabs) for area in view.AREAS})};

/** The tabs that have no use for the page's picture. */
export const WITHOUT_PICTURE = {json.dumps([tab for area in view.AREAS for tab in area.without_picture])};

/** A lesson in the address, and its card. */
export const LESSON = /^{view.LESSON.pattern}$/;

/** What the address can take out of sight. */
export const HIDEABLE = {json.dumps(view.HIDEABLE)};

/**
 * The languages of the page by their codes: what each calls itself.
 * @type {{{{ [code: string]: string }}}}
 */
export const LANGUAGES = {json.dumps(LANGUAGES)};

/** Stops of the colour scale from 0 to 1 of |value| / limit, red, green and blue from 0 to 255. */
export const NEGATIVE = {json.dumps(colormap.NEGATIVE)};
export const POSITIVE = {json.dumps(colormap.POSITIVE)};
"""


def _type(hint: object) -> str:
    names = {str: "string", int: "number", float: "number", type(None): "null", Crop: "string"}
    return " | ".join(names[each] for each in get_args(hint) or (hint,))


if __name__ == "__main__":
    PATH.write_text(module(), encoding="utf-8")
