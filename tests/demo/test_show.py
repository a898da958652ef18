"""`demo.show` more than once in a process, as in a notebook whose cell is run again."""

import json
import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
import json, socket, sys, urllib.request
import gradio as gr
from torch import nn
import demo
import model_zoo
from demo.showing import past_the_proxy

def net(classes):
    body = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return nn.Sequential(*body, nn.Linear(4, classes))

def answers(address):
    with past_the_proxy(), urllib.request.urlopen(address + "config") as response:
        return response.status == 200

def opened(name, **launch):
    about = {"classes": ["cat", "dog"], "size": 32, "title": name, "name": name}
    address = demo.show(net(2), **about, block=False, quiet=True, **launch)
    running = [blocks for blocks in gr.Blocks.get_instances() if blocks.is_running]
    return {"address": address, "answers": answers(address), "running": len(running), "names": model_zoo.names()[:2]}

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    free = probe.getsockname()[1]
found = [opened("first"), opened("second"), opened("third", server_port=free), opened("second")]
try:
    found[0]["answers later"] = answers(found[0]["address"])
except OSError:
    found[0]["answers later"] = False
print("\\n" + json.dumps({"found": found, "free": free}), flush=True)
"""


def test_another_call_closes_the_page_before_and_opens_at_its_address() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    first, second, third, fourth = told["found"]
    assert all(each["answers"] and each["running"] == 1 for each in told["found"]), told
    assert first["address"] == second["address"]
    assert str(told["free"]) in third["address"] and fourth["address"] == third["address"]
    assert not first["answers later"]
    # The network that was shown last comes first, and those before are still there.
    assert [each["names"][0] for each in told["found"]] == ["first", "second", "third", "second"]
    assert second["names"][1] == "first" and fourth["names"][1] == "third"
