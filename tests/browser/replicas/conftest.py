"""Two replicas that share their files, for the tests of the proxies before them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.visitors.replicas import PROXIES, Replica, program, proxy, replicas


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Replica]]:
    """Both run at the beginning of each test: whoever kills one starts it again."""
    with replicas(2, tmp_path_factory.mktemp("replicas"), CONVSCOPE_DRAIN="600") as found:
        yield found


@pytest.fixture(params=PROXIES)
def before(request: pytest.FixtureRequest, two: list[Replica], tmp_path: Path) -> Iterator[str]:
    """The address of a proxy before them, of each kind that is installed."""
    if program(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    with proxy(request.param, two, tmp_path) as address:
        yield address
