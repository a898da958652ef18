"""How much ground a pixel shows, from photos with the metadata that cameras write; and what follows for windows."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

import model_zoo
from model_zoo.aerial import ground
from model_zoo.aerial.ground import Resolution
from model_zoo.common.picture_file import Limits

LIMITS = Limits(10_000_000, 10_000_000)
HEAD = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
DJI = 'xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"'
FOCAL, DENSITY, UNIT = "FocalLength", "FocalPlaneXResolution", "FocalPlaneResolutionUnit"


def attributes(**values: str) -> str:
    """An XMP packet as DJI's cameras write it."""
    told = " ".join(f'drone-dji:{name}="{value}"' for name, value in values.items())
    return f"{HEAD}<rdf:Description rdf:about='' {DJI} {told}/></rdf:RDF></x:xmpmeta>"


def photo(xmp: str = "", camera: dict[str, Any] | None = None, gps: dict[int, Any] | None = None, **more: Any) -> bytes:
    size, kind = more.get("size", (400, 300)), more.get("kind", "JPEG")
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base[name]: value for name, value in (camera or {}).items()})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    out, texts = BytesIO(), PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp)
    told = {"pnginfo": texts} if kind == "PNG" else {"xmp": xmp.encode()}
    Image.new("RGB", size, (90, 140, 60)).save(out, kind, exif=exif, **told)
    return out.getvalue()


def found(*args: Any, **kwargs: Any) -> Resolution:
    return ground.resolution(photo(*args, **kwargs), LIMITS)


def test_the_height_and_a_focal_length_like_on_film() -> None:
    """24 mm on film: 43.2666 mm of diagonal; 500 pixels of it here, from 30 m."""
    told = found(attributes(RelativeAltitude="+30.00"), {"FocalLengthIn35mmFilm": 24})
    assert told.metres == pytest.approx(30 * 43.2666 / 24 / 500, rel=1e-6)
    assert told.how == "30 m above the start and a focal length like 24 mm on 35 mm film"


@pytest.mark.parametrize(
    ("density", "unit", "pitch"), [(10583.0, 2, 25.4 / 10583), (4166.667, 3, 0.0024), (416.6667, 4, 0.0024)]
)
def test_the_pitch_of_the_sensor_s_pixels(density: float, unit: int, pitch: float) -> None:
    camera = {FOCAL: IFDRational(880, 100), DENSITY: density, UNIT: unit, "FocalLengthIn35mmFilm": 24}
    told = found(attributes(RelativeAltitude="+50.0"), camera)
    assert told.metres == pytest.approx(50 * pitch / 8.8, rel=1e-4)  # before the length on film, which is rounded
    assert "8.8 mm on pixels of 2.40 µm" in told.how


def test_a_focal_length_in_pixels_counts_before_all_others() -> None:
    told = found(attributes(RelativeAltitude="36.66", CalibratedFocalLength="3666.0"), {"FocalLengthIn35mmFilm": 24})
    assert told.metres == pytest.approx(0.01)


def test_a_photo_that_was_made_smaller_shows_more_ground_a_pixel() -> None:
    """Its own width of before still stands in it; the length on film belongs to any width."""
    small = {"ExifImageWidth": 4000, FOCAL: 8.8, DENSITY: 4166.667, UNIT: 3}
    told = found(attributes(RelativeAltitude="+50"), small)
    assert told.metres == pytest.approx(10 * 50 * 0.0024 / 8.8, rel=1e-4)
    calibrated = attributes(RelativeAltitude="+50", CalibratedFocalLength="5000")
    assert found(calibrated, {"ExifImageWidth": 800}).metres == pytest.approx(2 * 50 / 5000)


def test_elements_other_names_and_other_kinds_of_files() -> None:
    element = (
        f"<rdf:Description {DJI}><drone-dji:RelativeAltitude> +12.5 </drone-dji:RelativeAltitude></rdf:Description>"
    )
    assert found(element, {"FocalLengthIn35mmFilm": 24}).metres == pytest.approx(12.5 * 43.2666 / 24 / 500)
    pix4d = '<rdf:Description Camera:AboveGroundAltitude="81/2" drone-dji:CalibratedFocalLength="1000"/>'
    for kind in ("JPEG", "PNG", "WEBP"):
        told = found(pix4d, kind=kind)
        assert told.metres == pytest.approx(0.0405) and "40.5 m above the ground" in told.how


@pytest.mark.parametrize(
    ("xmp", "camera", "gps", "words"),
    [
        ("", {}, {}, "does not say from how high"),
        ("", {"FocalLengthIn35mmFilm": 24}, {6: 310.0}, "only its height above the sea"),
        (attributes(RelativeAltitude="+30"), {}, {}, "how wide its camera sees"),
        (attributes(RelativeAltitude="+0.00"), {"FocalLengthIn35mmFilm": 24}, {}, "does not say from how high"),
        (attributes(RelativeAltitude="-3"), {"FocalLengthIn35mmFilm": 24}, {}, "does not say from how high"),
        (attributes(RelativeAltitude="NaN"), {"FocalLengthIn35mmFilm": 24}, {}, "does not say from how high"),
        (attributes(RelativeAltitude="30", GimbalPitchDegree="-45.0"), {"FocalLengthIn35mmFilm": 24}, {}, "45° away"),
        (attributes(RelativeAltitude="30"), {FOCAL: 8.8, DENSITY: 72.0, UNIT: 2}, {}, "how wide its camera sees"),
        (attributes(RelativeAltitude="30"), {"FocalLengthIn35mmFilm": 0}, {}, "how wide its camera sees"),
    ],
)
def test_what_is_not_known_is_said(xmp: str, camera: dict[str, Any], gps: dict[int, Any], words: str) -> None:
    told = found(xmp, camera, gps)
    assert told.metres is None and words in told.how


def test_straight_down_or_nearly_so_is_one_resolution() -> None:
    for pitch in ("-90.00", "-84.5"):
        told = found(attributes(RelativeAltitude="30", GimbalPitchDegree=pitch), {"FocalLengthIn35mmFilm": 24})
        assert told.metres is not None


def test_damaged_metadata_are_no_reason_to_refuse() -> None:
    data = photo(attributes(RelativeAltitude="30"), {"FocalLengthIn35mmFilm": 24})
    assert ground.resolution(data.replace(b"Exif\0\0MM", b"Exif\0\0XX").replace(b"Exif\0\0II", b"Exif\0\0XX"), LIMITS)
    assert found("<<<" * 1000 + "drone-dji:RelativeAltitude=").metres is None


def test_metres_that_somebody_gives() -> None:
    assert ground.across(13.6, 4000).metres == pytest.approx(0.0034)
    for nonsense in (0.0, -3.0, float("nan"), float("inf"), 1e9):
        with pytest.raises(ValueError, match="is not believed"):
            ground.across(nonsense, 4000)


# ------------------------------------------------------------------------------------------------------- the windows


@pytest.fixture(scope="module")
def model() -> model_zoo.Model:
    """It was trained on 250 pixels of photos that show 0.85 m: 3.4 mm a pixel."""
    shipped = model_zoo.load("invasive-resnet")
    return replace(
        shipped, card=shipped.card | {"preprocessing": shipped.card["preprocessing"] | {"window_metres": 0.85}}
    )


def test_a_window_shows_as_much_ground_as_in_training(model: model_zoo.Model) -> None:
    full, half = Resolution(0.0034, "as made"), Resolution(0.0068, "at half the size")
    assert ground.fitting_window(model, full) == 250
    assert ground.fitting_window(model, half) == 125
    assert ground.fitting_window(model, Resolution(None, "")) is None
    assert [ground.is_alike(model, side, half) for side in (125, 105, 250, 60)] == [True, True, False, False]
    assert ground.is_alike(model, 250, Resolution(None, "")) is None
    untold = model_zoo.load("cifar10-cnn")
    assert ground.fitting_window(untold, full) is None and ground.in_words(untold, 250, full) == ""


def test_what_the_size_rests_on_is_said(model: model_zoo.Model) -> None:
    unknown = ground.in_words(model, 250, Resolution(None, "it does not say from how high it was taken"))
    assert "is not known: it does not say from how high" in unknown and "0.85 m, 3.4 mm a pixel" in unknown
    known = ground.in_words(model, 125, Resolution(0.0068, "13 m above the start"))
    assert (
        known
        == "Windows of 125 pixels show 0.85 m of ground, by 13 m above the start; the network was trained on 0.85 m."
    )
    assert "no area is told" in ground.in_words(model, 250, Resolution(0.0068, "x"))
    assert "from too high" in ground.in_words(model, 40, Resolution(0.85 / 40, "x"))


@pytest.mark.parametrize("told", [None, 0, -1, "0.85", True, [1]])
def test_a_card_that_says_nonsense_about_metres(model: model_zoo.Model, told: Any) -> None:
    values = model.card | {"preprocessing": model.card["preprocessing"] | {"window_metres": told}}
    assert ground.told_metres(replace(model, card=values)) is None
