"""The strange pictures that a network missed worst: drawn anew where they can be, else in words."""

from html import escape

from PIL import Image, ImageOps

from demo.core.samples import SIDE
from demo.core.trust_report import ALTERED, FAR, NEAR, Missed, Strange, TrustReport
from demo.render.html import data_url, jpeg_url
from model_zoo import Model
from model_zoo.common.lru_cache import LRUCache
from model_zoo.trust import drawn

SHOWN = 4  # of a kind
MOST = 2_000  # pictures of a kind that are drawn to find a few among them; more are not
_DRAWN: LRUCache[dict[int, Image.Image]] = LRUCache(
    10_000_000, lambda drawn: sum(3 * each.width * each.height for each in drawn.values())
)


def missed(model: Model, report: TrustReport) -> str:
    """Of each kind the pictures that look most usual to the network, with what it took them for."""
    kinds = [kind for kind in report.of_group(FAR, NEAR, ALTERED) if kind.missed is not None]
    if not kinds:
        return ""
    rows = "".join(_row(kind, _pictures(model, report, kind)) for kind in kinds if kind.missed)
    noticed = [escape(kind.name) for kind in kinds if not kind.missed]
    none = f'<p class="quiet">It missed none of these: {", ".join(noticed)}.</p>' if noticed else ""
    return (
        "<h4>The strange pictures it missed worst</h4><p>Each passes for a picture that it knows. Below each stands "
        "what the network takes it for, with the calibrated probability, and how many of 100 known pictures look at "
        f"least as strange to it.</p>{rows}{none}"
    )


def _row(kind: Strange, pictures: dict[int, Image.Image]) -> str:
    cells = "".join(f"<td>{_cell(kind, one, pictures.get(one.index))}</td>" for one in (kind.missed or ())[:SHOWN])
    at_hand = "" if pictures else "; these pictures are not at hand here"
    caption = f"{escape(kind.name)}: {1 - kind.caught:.1%} of {kind.pictures:,} missed{at_hand}"
    return f'<table class="samples missed"><caption>{caption}</caption><tbody><tr>{cells}</tr></tbody></table>'


def _cell(kind: Strange, one: Missed, picture: Image.Image | None) -> str:
    words = f"<p><b>{escape(one.answer)}</b> {one.probability:.1%}<br>{100 * one.typicality:.0f} of 100</p>"
    if picture is None:
        return words
    small = max(picture.size) <= SIDE
    source = data_url(picture) if small else jpeg_url(ImageOps.fit(picture, (SIDE, SIDE)), quality=82)
    said = escape(f"One of the {kind.name}, taken for {one.answer}")
    return f'<img class="{"pixels" if small else ""}" src="{source}" alt="{said}">{words}'


def _pictures(model: Model, report: TrustReport, kind: Strange) -> dict[int, Image.Image]:
    """Number -> picture, of those that are shown; none where they cannot be drawn anew as they were."""
    wanted = tuple(one.index for one in (kind.missed or ())[:SHOWN])
    if kind.name not in drawn.KINDS or kind.pictures > MOST:
        return {}

    def anew() -> dict[int, Image.Image]:
        found = drawn.again(kind.name, model.size, kind.pictures, report.seed, wanted)
        pictures = (Image.fromarray(each.permute(1, 2, 0).contiguous().numpy()) for each in found)
        return dict(zip(wanted, pictures, strict=False))  # fewer where the package that they come with is missing

    return _DRAWN.get((kind.name, model.size, kind.pictures, report.seed, wanted), anew)
