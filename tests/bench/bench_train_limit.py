"""What bounds training on a CPU: the arithmetic of the network, against what the machine does at most.

    python tests/bench/bench_train_limit.py --data DIR

Prints, for `cifar10-cnn`'s network: the operations that one picture costs, forwards and backwards (a multiplication
and an addition count as two); how many a second one large matrix product does, in bfloat16 and float32, which is about
the most that oneDNN reaches on these cores; how many its convolutions and fully connected layers do when they run alone
with this batch; and how many our whole training loop does. Run it on an otherwise idle machine.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from model_zoo import nets
from tests.bench.bench_train import BATCH, ROOT

SIDE = 2048  # of the matrices
SECONDS = 4.0  # of each measurement


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="torchvision root with CIFAR-10")
    given = parser.parse_args()
    net = nets.build("talk_cnn", {}).train().to(memory_format=torch.channels_last)
    picture = operations(net, torch.zeros(1, 3, 32, 32))
    peak = {dtype: product(dtype) for dtype in (torch.bfloat16, torch.float32)}
    layers = picture / alone(net)
    words = [sys.executable, "tests/bench/bench_train.py", "--data", given.data, "--pictures", "3000", "--loop", "ours"]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    rate = json.loads(done.stdout.splitlines()[-1])["images_per_s"]
    print(f"one picture, forwards and backwards: {picture / 1e9:.2f} GFLOP\n")
    print("| | GFLOP/s | of the product |\n|---|---|---|")
    rows = {
        f"one product of {SIDE} x {SIDE} matrices, bfloat16": peak[torch.bfloat16],
        "the same, float32": peak[torch.float32],
        f"the layers alone, {BATCH} pictures, bfloat16": layers,
        f"our whole loop, {rate:.0f} pictures a second": rate * picture,
    }
    for name, found in rows.items():
        print(f"| {name} | {found / 1e9:.0f} | {found / peak[torch.bfloat16]:.0%} |")


def operations(net: nn.Module, x: Tensor) -> float:
    """Floating-point operations of one forward and backward pass."""
    with FlopCounterMode(display=False) as counter:
        net(x).sum().backward()
    return counter.get_total_flops()


def seconds(work: Callable[[], object]) -> float:
    """Median of several runs, after some that warm up."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[len(times) // 4 :])


def product(dtype: torch.dtype) -> float:
    """Operations a second of a product of two matrices."""
    one, other = (torch.randn(SIDE, SIDE).to(dtype) for _ in range(2))
    return 2 * SIDE**3 / seconds(lambda: one @ other)


def alone(net: nn.Module) -> float:
    """Seconds a picture of the convolutions and fully connected layers, forwards and backwards, each by itself."""
    taken: dict[nn.Module, Tensor] = {}
    layers = [each for each in net.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    hooks = [each.register_forward_pre_hook(lambda layer, given: taken.update({layer: given[0]})) for each in layers]
    with torch.no_grad():
        net(torch.randn(BATCH, 3, 32, 32).to(memory_format=torch.channels_last))
    for hook in hooks:
        hook.remove()
    return sum(_both_ways(each, taken[each], is_first=each is layers[0]) for each in layers) / BATCH


def _both_ways(layer: nn.Module, given: Tensor, is_first: bool) -> float:
    x = given.bfloat16().requires_grad_(not is_first)  # of the picture itself nobody wants a gradient
    layer = layer.bfloat16()
    gradient = torch.randn_like(layer(x))

    def work() -> None:
        layer.zero_grad(set_to_none=True)
        x.grad = None
        layer(x).backward(gradient)

    return seconds(work)


if __name__ == "__main__":
    main()
