"""Handwritten digits as scikit-learn brings them: 1,797 pictures of 8 x 8 pixels, in grey; nothing is downloaded.

They are the test pictures of "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak, UCI Machine Learning
Repository, 1998), licence CC BY 4.0.
"""

import numpy as np
import torch

from train.data.cifar10 import Images

CLASSES = tuple("0123456789")
HELD = 360  # the last ones of the set
COUNT = 1797
SIDE = 8
LEVEL = 15  # of 255, for each of the 16 steps of ink: a whole number, so that nothing is rounded
CITATION = "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998"
SOURCE = "https://doi.org/10.24432/C50P49"


def digits() -> tuple[Images, Images]:
    """The first 1,437 pictures to learn from and the last 360 held out: bytes (N, 1, 8, 8), ink from 0 to 240."""
    from sklearn.datasets import load_digits  # which takes a second

    ink, numbers = (np.asarray(each) for each in load_digits(return_X_y=True))
    pictures = torch.from_numpy((LEVEL * ink).astype(np.uint8)).reshape(-1, 1, SIDE, SIDE)
    both = Images(pictures, torch.from_numpy(numbers).long())
    return both.take(slice(None, -HELD)), both.take(slice(-HELD, None))
