"""The parts of the file that are alike for all networks."""

HEAD = '''"""{about}

    python {file} picture.png

prints the classes that it finds likeliest. Needs: pip install torch numpy pillow safetensors. Its weights lie beside
this file, in model.safetensors.
"""

import sys
{operator}from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps
from safetensors.torch import load_file
from torch import nn
{functional}'''

CONSTANTS = """CLASSES = (
    {classes}
)
SIZE = {size}  # of the square picture that it works on, in pixels
MEAN = torch.tensor({mean}).view(1, 3, 1, 1)  # of red, green and blue, which go from 0 to 1
STD = torch.tensor({std}).view(1, 3, 1, 1)
"""

UNPACK = """    stored = load_file(path)
    weights = {name: values.float() if values.is_floating_point() else values for name, values in stored.items()}
"""

NIBBLES = """            if values.dtype == torch.uint8:  # two integers of four bits in a byte
                values = (torch.stack((values & 15, values >> 4), dim=2).to(torch.int8) - 8).flatten(1)
"""

UNPACK_BLOCKS = """    stored, weights = load_file(path), {{}}
    for name, values in stored.items():
        if name.endswith(".scale") and name.removesuffix(".scale") in stored:
            continue
        scale = stored.get(name + ".scale")
        if scale is not None:  # integers of 8 bits, of which so many share a scale that each row has scale.shape[1]
{nibbles}            blocks = values.float().reshape(len(values), scale.shape[1], -1)
            values = (blocks * scale.float()[..., None]).reshape(values.shape)
        weights[name] = values.float() if values.is_floating_point() else values
"""

BY_RULE = """    # "layer1.0.conv1.weight" in the file is self.layer1_0_conv1.weight here.
    names = {name: name.rpartition(".") for name in weights}
    weights = {layer.replace(".", "_") + "." + tensor: weights[name] for name, (layer, _, tensor) in names.items()}
"""

BY_TABLE = """    weights = {NAMES[name]: values for name, values in weights.items() if name in NAMES}
"""

LOAD = '''def load_weights(path):
    """The weights of a safetensors file, which are stored in half precision, in float32."""
{unpack}{rename}    return weights
'''

PICTURE = '''def load_picture(path):
    """The picture as one sees it: upright, in sRGB, on white where it is transparent."""
    picture = ImageOps.exif_transpose(Image.open(path))
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode not in ("L", "CMYK"):
        picture = picture.convert("RGB")
    times = min(picture.size) // {short}
    if times >= 2:  # a large one is shrunk by a whole number first
        picture = picture.reduce(times)
    picture = to_srgb(picture, profile)
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture)
        picture = white
    return picture.convert("RGB")


def to_srgb(picture, profile):
    """The picture in the colours of sRGB, where an embedded profile says that it has others."""
    mode = "RGB" if picture.mode == "RGBA" else picture.mode
    if not profile or {{b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}}.get(profile[16:20]) != mode:
        return picture
    try:
        source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        convert = ImageCms.buildTransform(source, srgb, mode, "RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    if mode != "CMYK":  # a profile that changes next to nothing is sRGB
        levels = np.arange(0, 256, 17, dtype=np.uint8)
        cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(64, 64, 3)
        probe = Image.fromarray(cube if mode == "RGB" else np.arange(256, dtype=np.uint8)[None])
        changed = np.asarray(convert.apply(probe), int) - np.asarray(probe.convert("RGB"), int)
        if np.abs(changed).max() <= 2:
            return picture
    colours = convert.apply(picture.convert(mode))
    if picture.mode == "RGBA":
        colours.putalpha(picture.getchannel("A"))
    return colours


def prepare(picture):
    """The network's input (1, 3, SIZE, SIZE): the largest centred square, normalised."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    square = (left, top, left + side, top + side)
    picture = picture.resize((SIZE, SIZE), Image.Resampling.{method}, box=square)
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    return (pixels - MEAN) / STD
'''

MAIN = '''def load_network():
    """The trained network."""
    network = {name}()
    network.load_state_dict(load_weights(Path(__file__).with_name("model.safetensors")))
    return network.eval()


@torch.inference_mode()
def predict(network, path):
    """The probability of every class, likeliest first."""
    probabilities = network(prepare(load_picture(path))).double().softmax(dim=1)[0].tolist()
    return sorted(zip(CLASSES, probabilities), key=lambda pair: -pair[1])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which picture: python {file} picture.png")
    for label, probability in predict(load_network(), sys.argv[1])[:5]:
        print(f"{{probability:.7f}}  {{label}}")
'''

README = """{title}

    pip install torch numpy pillow safetensors
    python network.py picture.png

network.py is the network in plain PyTorch; model.safetensors are its weights.
"""
