// Written by `python -m demo.core.js_constants` from demo/core/view.py and its like.

/**
 * What the page shows; see `View` in demo/core/view.py.
 * @typedef {object} View
 * @property {string} model
 * @property {string} tab
 * @property {string} step
 * @property {number} channel
 * @property {number | null} row
 * @property {number | null} column
 * @property {string} scale
 * @property {string} view
 * @property {string} edits
 * @property {number | null} epoch
 * @property {string} lane
 * @property {string} other
 * @property {string} disturb
 * @property {number | null} strength
 * @property {number} seed
 * @property {string} picture
 * @property {string | null} crop
 * @property {string} hide
 * @property {number | null} false_alarms
 * @property {string} lesson
 */

/** @type {View} */
export const VIEW = {"model": "", "tab": "predict", "step": "", "channel": 0, "row": null, "column": null, "scale": "step", "view": "step", "edits": "", "epoch": null, "lane": "disturbed", "other": "", "disturb": "", "strength": null, "seed": 0, "picture": "", "crop": null, "hide": "", "false_alarms": null, "lesson": ""};

/** The fields that take only some values. */
export const CHOICES = {"tab": ["lessons", "bench", "teach", "predict", "explore", "why", "compare", "trust", "curves", "data", "train", "own", "build", "photos"], "scale": ["step", "channel", "network"], "view": ["step", "network"], "lane": ["disturbed", "networks", "pictures"]};

/** The fields that are whole numbers from 0. */
export const WHOLE = ["channel", "row", "column", "epoch", "seed"];

/**
 * The tabs of each area, in their order.
 * @type {{ [area: string]: string[] }}
 */
export const AREAS = {"learn": ["lessons", "bench", "teach"], "look": ["predict", "explore", "why", "compare", "trust"], "training": ["curves", "data", "train", "own", "build"], "field": ["photos"]};

/** The tabs that have no use for the page's picture. */
export const WITHOUT_PICTURE = ["lessons", "bench", "teach", "train", "build", "photos"];

/** A lesson in the address, and its card. */
export const LESSON = /^[a-z][a-z0-9-]{0,39}(\.[0-9]{1,2})?$/;

/** What the address can take out of sight. */
export const HIDEABLE = ["lessons", "bench", "teach", "predict", "explore", "why", "compare", "trust", "curves", "data", "train", "own", "build", "photos", "network", "upload", "examples", "random", "truth", "answer", "stability", "whatif", "steps", "scale", "inspector", "player", "excite", "skips"];

/**
 * The languages of the page by their codes: what each calls itself.
 * @type {{ [code: string]: string }}
 */
export const LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Espa\u00f1ol", "zh-Hans": "\u7b80\u4f53\u4e2d\u6587"};

/** Stops of the colour scale from 0 to 1 of |value| / limit, red, green and blue from 0 to 255. */
export const NEGATIVE = [[255, 255, 255], [146, 197, 222], [67, 147, 195], [33, 102, 172], [5, 48, 97]];
export const POSITIVE = [[255, 255, 255], [244, 165, 130], [214, 96, 77], [178, 24, 43], [103, 0, 31]];
