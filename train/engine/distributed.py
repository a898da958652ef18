"""One training on many processes: each takes a share of every batch.

    torchrun --standalone --nproc-per-node 2 -m train cifar10-cnn --data DIR --out DIR
    torchrun --nnodes 2 --node-rank 0 --nproc-per-node 4 --master-addr HOST --master-port 29500 -m train ...
    torchrun --nnodes 2 --node-rank 1 --nproc-per-node 4 --master-addr HOST --master-port 29500 -m train ...

The second and third command are those of two machines; both need the data, and only the first writes. Every process
holds all pictures and draws the same random numbers, so that the batches, and without batch norm the weights, are
those of one process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch import distributed as dist


@dataclass(frozen=True)
class World:
    """The processes of a training, and which of them this is."""

    rank: int = 0
    size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def share(self, index: Tensor) -> Tensor:
        """This process's part of a batch; the parts of all are disjoint and cover it."""
        return index if self.size == 1 else index[self.rank :: self.size]

    def total(self, values: Tensor) -> Tensor:
        """The sum over all processes; every process gets it."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def average_statistics(self, net: nn.Module) -> None:
        """Give every process the mean of all running statistics of batch norm, which each took of its own shares."""
        if self.size > 1:
            for buffer in net.buffers():
                if buffer.is_floating_point():
                    dist.all_reduce(buffer)
                    buffer /= self.size

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            dist.barrier()


@dataclass(frozen=True)
class Setting:
    """Seed, device and processes of a training."""

    seed: int = 0  # of the start weights and of everything random in the epochs
    on: torch.device = torch.device("cpu")  # noqa: RUF009 (never changed)
    world: World = World()


def batches(order: Tensor, size: int, least: int = 0) -> list[Tensor]:
    """The numbers of pictures, (N,), in batches of `size`; a last one of fewer than `least` joins the one before.

    Every process needs a picture of every batch, or the others wait for it in vain.
    """
    parts = list(order.split(size))
    if len(parts) > 1 and len(parts[-1]) < least:
        parts[-2:] = [order[size * (len(parts) - 2) :]]
    return parts


@contextmanager
def joined(device: torch.device) -> Iterator[World]:
    """The world that torchrun's environment names; without one, a world of one process."""
    if "RANK" not in os.environ or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield World()
        return
    dist.init_process_group(dist.get_default_backend_for_device(device))
    try:
        world = World(dist.get_rank(), dist.get_world_size())
        yield world
        world.wait()  # the others are done long before the first has evaluated; a link that ends early can abort it
    finally:
        dist.destroy_process_group()


def own_device(device: torch.device) -> torch.device:
    """Of several accelerators in this machine, the one of this process."""
    if device.type == "cpu" or "LOCAL_RANK" not in os.environ:
        return device
    return torch.device(device.type, int(os.environ["LOCAL_RANK"]))


def wrapped(net: nn.Module, world: World) -> nn.Module:
    """The network whose gradients are averaged over all processes."""
    if world.size == 1:
        return net
    # Statistics are averaged after each epoch instead: broadcasting those of one process would drop the others'.
    return nn.parallel.DistributedDataParallel(net, broadcast_buffers=False)
