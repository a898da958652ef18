"""DenseNet-121 (Huang et al. 2017, arXiv 1608.06993): torchvision's, with as many outputs as there are classes.

Every layer gets the maps of all layers before it in its block. 7.0 million parameters with two classes.
"""

from torchvision.models.densenet import DenseNet

from model_zoo.nets import register_network


@register_network(torchvision="densenet121")
class DenseNet121(DenseNet):
    """Logits (N, classes) for float32 pictures (N, 3, H, W) of 32 pixels or more; untrained weights."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__(growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64, num_classes=classes)
