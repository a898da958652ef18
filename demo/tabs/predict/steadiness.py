"""Whether an answer that is called sure survives small changes: a few copies, asked after the answer is there."""

from hashlib import blake2b

import torch

from demo.core.inference import Inference
from demo.tabs.predict.stability import answers_of_copies
from model_zoo.common.lru_cache import LRUCache

COPIES = 20
_KEPT: LRUCache[tuple[int]] = LRUCache(256)


def agreeing(made: Inference) -> int:
    """How many of `COPIES` slightly changed copies of an inference's picture get the same answer; one pass for all."""

    def count() -> tuple[int]:
        votes = answers_of_copies(made.model, made.prepared, COPIES, seed=0)
        return (int((votes == int(made.original_logits.argmax())).sum()),)

    with torch.inference_mode():
        key = id(made.model.net), blake2b(made.prepared.numpy().data).digest()
        return _KEPT.get(key, count, made.model.net)[0]
