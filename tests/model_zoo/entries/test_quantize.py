"""Weights as they are stored: how exact they come back, and what is refused."""

import pytest
import torch

from model_zoo.entries.quantize import BLOCK, BLOCKED_FROM, COMPACT_BLOCK, SCALE, pack, unpack

LARGE = (BLOCKED_FROM // 1024 + 1, 1024)  # rows, columns: just large enough to be stored in blocks


def large(seed: int = 0) -> torch.Tensor:
    return torch.randn(LARGE, generator=torch.Generator().manual_seed(seed))


def test_a_large_matrix_takes_a_byte_per_weight_and_is_within_the_stated_error() -> None:
    weights = large()
    packed = pack({"fc.weight": weights})
    assert packed["fc.weight"].dtype == torch.int8
    assert packed["fc.weight" + SCALE].shape == (LARGE[0], LARGE[1] // BLOCK)
    restored = unpack(packed)
    assert set(restored) == {"fc.weight"} and restored["fc.weight"].dtype == torch.float32
    blocks = weights.unflatten(1, (-1, BLOCK))
    error = (restored["fc.weight"].unflatten(1, (-1, BLOCK)) - blocks).abs()
    bound = blocks.abs().amax(dim=2, keepdim=True) / 254
    assert (error <= bound * (1 + 1e-4)).all()
    assert error.max() > 0


def test_blocks_of_zeros_and_the_largest_weight_of_a_block_come_back_exactly() -> None:
    weights = large()
    weights[3] = 0
    weights[5, BLOCK : 2 * BLOCK] = 0
    restored = unpack(pack({"w": weights}))["w"]
    assert torch.equal(restored[3], weights[3])
    assert (restored[5, BLOCK : 2 * BLOCK] == 0).all()
    place = weights[0, :BLOCK].abs().argmax()
    assert restored[0, place].item() == pytest.approx(weights[0, place].item(), rel=1e-6)


def test_packing_again_loses_nothing_more() -> None:
    once = unpack(pack({"w": large(), "bias": torch.randn(7)}))
    twice = unpack(pack(once))
    assert torch.equal(once["bias"], twice["bias"])
    assert torch.allclose(once["w"], twice["w"], rtol=1e-6, atol=0)


@pytest.mark.parametrize("shape", [(64,), (8, 4, 3, 3), (10, 512), (1025, 1000), (2, 1024, 512)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
def test_other_floating_point_weights_are_stored_in_half_precision(shape: tuple, dtype: torch.dtype) -> None:
    weights = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(dtype)
    packed = pack({"w": weights})
    assert set(packed) == {"w"} and packed["w"].dtype == torch.float16
    restored = unpack(packed)["w"]
    assert restored.dtype == torch.float32
    assert torch.equal(restored, weights.half().float())


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8, torch.bool])
def test_counters_and_masks_stay_as_they_are(dtype: torch.dtype) -> None:
    state = {"counter": torch.tensor(12_345).to(dtype), "mask": torch.tensor([0, 1, 1]).to(dtype)}
    restored = unpack(pack(state))
    for name, tensor in state.items():
        assert restored[name].dtype == dtype and torch.equal(restored[name], tensor)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 70_000.0])
@pytest.mark.parametrize("weights", [torch.zeros(3, 3), torch.zeros(LARGE)], ids=["small", "large"])
def test_weights_that_are_not_finite_are_refused_by_name(value: float, weights: torch.Tensor) -> None:
    broken = weights.clone()
    broken[1, 2] = value
    with pytest.raises(ValueError, match=r"conv1\.weight.*not finite"):
        pack({"conv1.weight": broken})


@pytest.mark.parametrize(
    ("weights", "scale"),
    [
        (torch.ones(4, 128, dtype=torch.int8), None),
        (torch.ones(4, 128, dtype=torch.int8), torch.ones(4, 3)),
        (torch.ones(4, 128, dtype=torch.int8), torch.ones(8)),
        (torch.ones(4, 70, dtype=torch.int8), torch.ones(4, 1)),
        (torch.ones(128, dtype=torch.int8), torch.ones(2)),
        (torch.tensor(1, dtype=torch.int8), torch.tensor(1.0)),
    ],
)
def test_blocks_without_fitting_scales_are_refused(weights: torch.Tensor, scale: torch.Tensor | None) -> None:
    with pytest.raises(ValueError, match="no fitting scales"):
        unpack({"w": weights} | ({} if scale is None else {"w" + SCALE: scale}))


def test_a_views_weights_are_stored_without_their_base() -> None:
    base = torch.randn(6, 4)
    assert torch.equal(unpack(pack({"w": base.T}))["w"], base.T.half().float())


def test_a_snapshot_takes_half_a_byte_for_a_large_matrix_and_a_byte_for_kernels() -> None:
    kernels = torch.randn(16, 32, 3, 3, generator=torch.Generator().manual_seed(1))
    state = {"fc": large(), "conv": kernels, "first": torch.randn(4, 3, 3, 3), "counter": torch.tensor(7)}
    packed = pack(state, compact=True)
    assert packed["fc"].dtype == torch.uint8 and packed["fc"].numel() * 2 == state["fc"].numel()
    assert packed["conv"].dtype == torch.int8 and packed["first"].dtype == torch.float16
    restored = unpack(packed)
    assert {name: tensor.shape for name, tensor in restored.items()} == {n: t.shape for n, t in state.items()}
    for name, top in (("fc", 7), ("conv", 127)):
        blocks = state[name].flatten(1).unflatten(1, (-1, COMPACT_BLOCK))
        error = (restored[name].flatten(1).unflatten(1, (-1, COMPACT_BLOCK)) - blocks).abs()
        # Half a step, and what the half-precision scale adds at the block's largest weight.
        assert (error <= blocks.abs().amax(dim=2, keepdim=True) * (0.5 / top + 1e-3)).all()
    assert restored["counter"] == 7
