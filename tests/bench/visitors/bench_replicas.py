"""Three replicas behind HAProxy against each of them alone, and what happens when one of them dies under a full house.

    python -m tests.bench replicas                     90 visitors, three replicas
    python -m tests.bench replicas --replicas 2 --visitors 30 --proxy nginx

Run it on an otherwise idle machine. Throughput is measured in rounds of a visitor (a prediction for one's own picture
and the maps of a step), first against each replica alone, one after the other, then against all behind the proxy: on a
machine with as many cores as replicas that is the sum at best, with fewer what the cores give. The clients run on the
same cores.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.crowd import Visitor, crowd, shares
from tests.bench.measures import waits
from tests.bench.visitors.replicas import PROXIES, Replica, proxy, replicas


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=6, help="of each visitor")
    parser.add_argument("--proxy", choices=PROXIES, default="haproxy")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as place, replicas(given.replicas, Path(place)) as found:
        alone = [throughput(each.address, given) for each in found]
        with proxy(given.proxy, found, Path(place)) as address:
            together = throughput(address, given)
            lost = lose_one(address, found, given)
    print(f"{os.cpu_count()} cores, {given.replicas} replicas behind {given.proxy}, {given.visitors} visitors\n")
    print("| what | measured |\n|---|---|")
    print(f"| rounds/s of each replica alone | {', '.join(f'{each:.1f}' for each in alone)} |")
    print(f"| their sum | {sum(alone):.1f} |")
    print(f"| rounds/s of all behind the proxy | {together:.1f}, {together / max(alone):.2f} times the best alone |")
    for what, measured in lost.items():
        print(f"| {what} | {measured} |")


def throughput(address: str, given: argparse.Namespace) -> float:
    """Rounds a second of all visitors, at an address that has answered some before."""
    crowd(address, given.visitors, 1)
    start = time.perf_counter()
    crowd(address, given.visitors, given.rounds)
    return given.visitors * given.rounds / (time.perf_counter() - start)


def lose_one(address: str, found: list[Replica], given: argparse.Namespace) -> dict[str, str]:
    """What visitors notice when one replica is killed amid their questions."""
    visitors = crowd(address, given.visitors, given.rounds, lambda _: found[0].kill())
    first = shares(visitors)
    moved = [each for each in visitors if len(each.served) > 1]
    home = {each.served[0] for each in moved}
    wrong = [word for each in visitors for word in each.wrong]
    pauses = [max(each.seconds) for each in moved]
    innocent = [each for each in visitors if each.served[0] not in home]
    return {
        "visitors of each replica": ", ".join(str(number) for number in sorted(first.values(), reverse=True)),
        "one replica killed: visitors who came to another one": f"{len(moved)}, of {len(home)} replica(s)",
        "their connections cut; the longest round, in which they came back": _cuts(moved, pauses),
        "connections cut of the others": str(sum(each.cut for each in innocent)),
        "wrong answers, other views": str(len(wrong)),
    }


def _cuts(moved: list[Visitor], pauses: list[float]) -> str:
    if not moved:
        return "none"
    middle = waits(pauses, [])["p50_s"] if len(pauses) > 1 else pauses[0]
    return f"{sum(each.cut for each in moved)}; median {middle:.1f} s, longest {max(pauses):.1f} s"


if __name__ == "__main__":
    main()
