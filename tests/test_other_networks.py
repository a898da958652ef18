"""Networks that nobody here wrote: walked, explained and proved; the table in docs/OTHER_NETWORKS.md."""

import re

import pytest

from docs.other_networks import ARCHITECTURES, TABLE, Architecture, examined
from model_zoo.explain.proofs import Proofs

QUICK = ("resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5", "seresnet18", "ghostnet_050", "hrnet_w18_small")
BY_LABEL = {each.label: each for each in ARCHITECTURES}
STATED = {
    line.split(" | ")[1]: line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| t")
}


def proved(architecture: Architecture) -> Proofs:
    pytest.importorskip(architecture.library)
    found = examined(architecture)
    assert isinstance(found, Proofs), found
    assert found.is_exact and not found.wrong and found.right == 20
    return found


@pytest.mark.parametrize("label", QUICK)
def test_a_network_of_another_library_is_fully_explained(label: str) -> None:
    found = proved(BY_LABEL[label])
    assert found.is_fully_explained and found.fields == found.steps


@pytest.mark.full
@pytest.mark.parametrize("label", BY_LABEL)
def test_every_network_of_the_table_is_as_it_says(label: str) -> None:
    assert proved(BY_LABEL[label]).is_fully_explained == ("| all |" in STATED[label].replace("20 of 20 | all |", ""))


def test_the_table_holds_at_least_forty_of_which_thirty_are_fully_explained() -> None:
    assert set(STATED) == set(BY_LABEL) and len(STATED) >= 40
    told = re.search(r"^(\d+) of (\d+) are fully explained", TABLE.read_text(encoding="utf-8"), re.M)
    assert told and int(told[1]) >= 30 and int(told[2]) == len(STATED)
