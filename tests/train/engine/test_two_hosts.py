"""One training on two hosts: two network namespaces of Linux, which have nothing in common but a cable and a disk."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_zoo.entries import entry
from tests.conftest import ROOT
from tests.train.helpers import ALONE, PATIENCE, digest, done, epochs_in, torchrun

ADDRESSES = "10.77.0.1", "10.77.0.2"
WORDS = ("cifar10-cnn", "--epochs", 1, "--limit", 200, "--batch-size", 50, "--threads", 1, "--no-judge")


def ip(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["ip", *words], capture_output=True, text=True)


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    """The names of two hosts, joined by a cable whose end is called `cable` on each."""
    names = [f"convscope-{number}-{os.getpid()}" for number in (1, 2)]
    try:
        if any(ip("netns", "add", name).returncode for name in names):
            pytest.skip("only root may make network namespaces, with the program ip")
        assert not ip(
            "link", "add", "cable", "netns", names[0], "type", "veth", "peer", "cable", "netns", names[1]
        ).stderr
        for name, address in zip(names, ADDRESSES, strict=True):
            for words in (["addr", "add", f"{address}/24", "dev", "cable"], ["link", "set", "cable", "up"]):
                assert not ip("-n", name, *words).stderr
            assert not ip("-n", name, "link", "set", "lo", "up").stderr
        yield names
    except FileNotFoundError:
        pytest.skip("the program ip is not installed")
    finally:
        for name in names:
            ip("netns", "del", name)


def test_two_hosts_train_the_network_that_two_processes_of_one_do(
    hosts: list[str], cifar10_folder: Path, tmp_path: Path
) -> None:
    one = tmp_path / "one"
    assert done(torchrun(2, "-m", "train", *WORDS, "--data", cifar10_folder, "--out", one)).returncode == 0
    both = tmp_path / "both"
    launch = ["--nnodes", "2", "--nproc-per-node", "1", "--master-addr", ADDRESSES[0], "--master-port", "29500"]
    processes = []
    for rank, name in enumerate(hosts):
        words = torchrun(1, "-m", "train", *WORDS, "--data", cifar10_folder, "--out", both)
        at = words.index("--standalone")
        words[at : at + 3] = [*launch, "--node-rank", str(rank)]
        processes.append(
            subprocess.Popen(
                ["ip", "netns", "exec", name, *words],
                cwd=ROOT,
                # The name of a host leads to its loopback here, as it often does: so gloo is told the way to the other.
                env=ALONE | {"GLOO_SOCKET_IFNAME": "cable"},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    told = [each.communicate(timeout=PATIENCE) for each in processes]
    assert [each.returncode for each in processes] == [0, 0], told
    assert sum(out.count("The entry is in") for out, _ in told) == 1  # one process of both speaks
    assert epochs_in(both) == 1
    assert digest(both / entry.WEIGHTS) == digest(one / entry.WEIGHTS)
