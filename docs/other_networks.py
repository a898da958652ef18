"""What of other libraries' networks can be looked into: `python -m docs.other_networks` prints the table.

    python -m docs.other_networks                        # all, some minutes on one core
    python -m docs.other_networks resnet18 seresnet18    # these
    python -m docs.other_networks --write                # docs/OTHER_NETWORKS.md anew

Random weights and a picture of random numbers: what is tested is the engine, not what a network knows.
"""

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model_zoo.explain.proofs import Proofs, noise, prove

TABLE = Path(__file__).with_name("OTHER_NETWORKS.md")
PROOFS = 20


@dataclass(frozen=True)
class Architecture:
    """One network of a library."""

    library: str
    name: str
    size: int = 64  # pixels of a side: small ones, for the time that it takes
    more: Mapping[str, Any] = field(default_factory=dict)  # arguments
    title: str = ""

    @property
    def label(self) -> str:
        return self.title or self.name

    def build(self) -> nn.Module:
        """The network with random weights, the same at each call, in eval mode."""
        torch.manual_seed(0)
        if self.library == "torchvision":
            import torchvision

            return torchvision.models.get_model(self.name, weights=None, num_classes=10, **self.more).eval()
        import timm

        return timm.create_model(self.name, num_classes=10, **self.more).eval()


def _torchvision(*names: str) -> list[Architecture]:
    return [Architecture("torchvision", name) for name in names]


def _timm(*names: str) -> list[Architecture]:
    return [Architecture("timm", name) for name in names]


ARCHITECTURES = [
    *_torchvision("alexnet", "vgg11_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121"),
    Architecture("torchvision", "googlenet", more={"init_weights": False}),
    Architecture("torchvision", "inception_v3", 96, {"init_weights": False}),
    *_torchvision("mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "efficientnet_v2_s", "regnet_x_400mf"),
    *_torchvision("regnet_y_400mf", "shufflenet_v2_x0_5", "squeezenet1_1", "mnasnet0_5", "convnext_tiny"),
    Architecture("torchvision", "vit_b_16", more={"image_size": 64}),
    *_torchvision("swin_t"),
    *_timm("seresnet18", "ecaresnet26t"),
    Architecture("timm", "resnet18", more={"block_args": {"attn_layer": "cbam"}}, title="resnet18 with CBAM"),
    *_timm("skresnet18", "resnest14d", "gcresnext26ts", "res2net50_26w_4s", "cspresnet50", "hrnet_w18_small"),
    *_timm("ghostnet_050", "ghostnetv2_100", "nfnet_l0", "tf_efficientnet_lite0", "mobilenetv4_conv_small_050"),
    *_timm("repvgg_a0", "dla34", "dpn68", "xception41", "poolformer_s12", "convnextv2_atto"),
    Architecture("timm", "mixer_s16_224", 224),
    Architecture("timm", "vit_tiny_patch16_224", more={"img_size": 64}),
    Architecture("timm", "deit_tiny_patch16_224", more={"img_size": 64}),
    Architecture("timm", "cait_xxs24_224", more={"img_size": 64}),
    Architecture("timm", "swin_tiny_patch4_window7_224", 224),
]


def examined(architecture: Architecture, proofs: int = PROOFS) -> Proofs | str:
    """What was found of one; a sentence where it cannot be walked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = architecture.build()
        try:
            return prove(net, noise(architecture.size), proofs)
        except (ValueError, RuntimeError) as error:
            return str(error).splitlines()[0]


def row(architecture: Architecture, found: Proofs | str) -> str:
    """A line of the table."""
    head = f"| {architecture.library} | {architecture.label} | {architecture.size} |"
    if isinstance(found, str):
        return f"{head} | no: {found} | | |"
    missing = ", ".join(f"{name} ({count})" for name, count in found.unexplained.items())
    fields = "all" if found.fields == found.steps else f"{found.fields}"
    tried = found.right + len(found.wrong)
    explained = "all" if not missing else f"all but {missing}"
    return f"{head} {found.steps} | {explained} | {found.right} of {tried} | {fields} |"


HEAD = """# Networks of other libraries

What `model_zoo.walk`, `sums` and receptive fields make of networks that nobody here wrote, with random weights:
`python -m docs.other_networks --write` (torch {torch}, torchvision {torchvision}, timm {timm}). *Explained*: steps of
which every value has its calculation; what is missing is named with the number of its steps, and its maps are shown all
the same. *Proofs*: values at random places of explained steps, calculated anew from the numbers before them, that came
out as the network has them. *Fields*: steps whose receptive field is known.

| library | architecture | pixels | steps | explained | proofs | fields |
|---|---|---:|---:|---|---:|---:|
"""


def main(arguments: list[str]) -> int:
    import timm
    import torchvision

    torch.set_num_threads(1)
    names, lines, whole = [name for name in arguments if not name.startswith("-")], [], 0
    chosen = [each for each in ARCHITECTURES if not names or each.name in names]
    for architecture in chosen:
        found = examined(architecture)
        whole += isinstance(found, Proofs) and found.is_fully_explained
        lines.append(row(architecture, found))
        print(lines[-1], flush=True)
    last = f"{whole} of {len(chosen)} are fully explained."
    print(last)
    if "--write" in arguments:
        versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
        head = HEAD.format(**{name: version.split("+")[0] for name, version in versions.items()})
        TABLE.write_text(head + "\n".join(lines) + f"\n\n{last}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
