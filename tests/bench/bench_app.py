"""How fast the page is, on the machine at hand.

    python tests/bench/bench_app.py            all of it, a table and build/bench_app.json
    python tests/bench/bench_app.py --rounds 1 quicker

Run it on an otherwise idle machine. The load test starts ConvScope and the plain wiring (plain_app.py) and sends each
30 clients x 5 predictions in turn, so that both see the same machine; the ratio is what counts. What many explorers
wait for, and every step's data, is in bench_explore.py, and what live pictures cost in bench_live.py,
and what a first visit fetches in bench_page.py.
"""

import argparse
import io
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

import model_zoo
from tests.bench import bench_explore, bench_live, bench_page
from tests.bench.measures import photo, timed, waits
from tests.bench.serve import ROOT, memory, server
from tests.browser.chromium import chromium

CLIENTS, EACH = 30, 5
SMALL = 64  # pixels of a network's input, up to which a prediction has the smaller budget


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of the start-up and of the load test")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_app.json")
    given = parser.parse_args(words)
    result = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "python": platform.python_version()}
    result |= {"start_up": start_up(given.rounds), "handlers": handlers(), "keys": keys(), "load": load(given.rounds)}
    result["visits"] = bench_page.visits()
    result["explore"] = bench_explore.measure()
    result["live"] = bench_live.measure()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    print_table(result)


def start_up(rounds: int) -> dict[str, float]:
    """Seconds from `python app.py` to the first page served: the median, after one start that warms the disk cache."""
    seconds = []
    for _ in range(rounds + 1):
        with server("app.py") as (_, taken, _):
            seconds.append(taken)
    return {"median_s": statistics.median(seconds[1:]), "rounds": rounds}


def handlers() -> dict[str, dict[str, float]]:
    """Server time of one call on one torch thread, and the size of the answer as JSON."""
    import torch

    import model_zoo
    from demo.core.inference import infer
    from demo.core.view import View
    from demo.tabs.explore.step_view import show
    from demo.tabs.explore.whole_network import whole_network
    from demo.tabs.predict import predict
    from model_zoo.entries import judge_file

    torch.set_num_threads(1)
    picture = Image.fromarray(photo(0)).resize((512, 384))
    found = {}
    for name in model_zoo.names():
        predict.predict(name, picture)
        budget = 10 if model_zoo.load(name).size <= SMALL else 30
        found[f"predict {name}"] = timed(lambda name=name: predict.predict(name, picture)) | {"budget_ms": budget}
        found[f"maps {name}, overview"] = timed(
            lambda name=name: vars(show(View(model=name), infer(View(model=name), picture))), 15
        )
        model = model_zoo.load(name)
        if model.trust is not None:  # beside the prediction, whose pass is there already
            x = model.prepare(picture)
            steps = model_zoo.walk(model.net, x)
            judging = timed(lambda model=model, x=x, steps=steps: model.judgements(x, steps))
            size = (model.folder / judge_file.JUDGE).stat().st_size / 1000
            found[f"judgement {name}, beside the prediction"] = judging | {"kB": size, "budget_ms": 2}
        made = infer(View(model=name), picture)
        opened = whole_network.opened_blocks(made.steps, "", None)
        found[f"maps {name}, whole network"] = timed(
            lambda made=made, opened=opened: whole_network.network(made, opened), 15
        )
    return found


def keys(times: int = 50) -> dict[str, float] | None:
    """Arrow keys and pointer moves in the grid of the step with most channels: browser time and requests.

    None where there is no Chromium.
    """
    browser = chromium()
    if browser is None:
        return None
    with server("app.py") as (address, _, _), sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.goto(f"{address}/?tab=explore&step=conv6")
        page.wait_for_function("document.querySelector('#channel .chain button')")
        page.wait_for_timeout(1000)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        script = """([event, times]) => {
            const grid = document.querySelector('#grid .grid'), box = grid.getBoundingClientRect();
            const taken = [];
            for (let i = 0; i < times; i++) {
                const at = { clientX: box.left + 3 + 5 * i, clientY: box.top + 9, bubbles: true, key: 'ArrowRight' };
                const start = performance.now();
                grid.dispatchEvent(event === 'keydown' ? new KeyboardEvent(event, at) : new PointerEvent(event, at));
                grid.getBoundingClientRect();  // so that the layout is part of the time
                taken.push(performance.now() - start);
            }
            return taken.sort((a, b) => a - b)[Math.floor(times / 2)];
        }"""
        found = {event: page.evaluate(script, [event, times]) for event in ("keydown", "pointermove")}
        keyed = {"key_ms": found["keydown"], "hover_ms": found["pointermove"], "requests": len(requests)}
        return keyed | hover_whole(page, address, times)


def hover_whole(page: Page, address: str, times: int) -> dict[str, float]:
    """Pointer moves from channel to channel of the whole network at the size of a laptop: browser time and requests.

    Lines are drawn in an instant that the browser chooses: reading a pixel makes it draw them within the time.
    """
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{address}/?tab=explore&view=network&step=conv1")
    page.wait_for_function("document.querySelector('#whole-network .sheet')?.dataset.columns")
    page.wait_for_timeout(1000)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    script = """(times) => {
        const area = document.querySelector('#whole-network .area'), box = area.getBoundingClientRect();
        const lines = document.querySelector('#whole-network canvas.lines');
        const taken = [];
        for (let i = 0; i < times; i++) {
            const at = { clientX: box.left + 60 + 20 * i, clientY: box.top + 90 + 5 * i, bubbles: true };
            const start = performance.now();
            area.dispatchEvent(new PointerEvent('pointermove', { ...at, pointerType: 'mouse' }));
            lines.getContext('2d').getImageData(0, 0, 1, 1);
            lines.getBoundingClientRect();
            taken.push(performance.now() - start);
        }
        return taken.sort((a, b) => a - b)[Math.floor(times / 2)];
    }"""
    return {"network_hover_ms": page.evaluate(script, times), "network_requests": len(requests)}


def ask_all(address: str, jpeg: bytes) -> None:
    """One prediction by every network, which is read for it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.jpg"
        path.write_bytes(jpeg)
        client = Client(address, verbose=False)
        for name in model_zoo.names():
            client.predict(name, handle_file(path), api_name="/predict")
        client.close()


def load(rounds: int) -> dict[str, object]:
    """Both wirings under 30 clients, in turn."""
    jpegs = []
    for seed in range(CLIENTS * EACH):
        buffer = io.BytesIO()
        Image.fromarray(photo(seed)).save(buffer, "JPEG", quality=90)
        jpegs.append(buffer.getvalue())
    print(f"pictures of {statistics.mean(map(len, jpegs)) / 1000:.0f} kB", file=sys.stderr)
    figures: dict[str, list[dict[str, float]]] = {"ours": [], "plain": []}
    with server("app.py") as (ours, _, pid), server("tests/bench/plain_app.py") as (plain, _, _):
        begun = memory(pid)
        ask_all(ours, jpegs[0])
        at_rest = memory(pid)
        for _ in range(rounds):
            for kind, address in (("plain", plain), ("ours", ours)):
                figures[kind].append(storm(address, jpegs))
        after = memory(pid)
    ratios = [a["requests_per_s"] / b["requests_per_s"] for a, b in zip(figures["ours"], figures["plain"], strict=True)]
    return figures | {
        "ratios": ratios,
        "ratio_median": statistics.median(ratios),
        "memory_begun_MB": begun,
        "memory_at_rest_MB": at_rest,
        "memory_after_MB": after,
    }


def storm(address: str, jpegs: list[bytes]) -> dict[str, float]:
    """30 threads, each 5 times: upload a picture nobody sent before, ask for a prediction, wait for it."""
    latencies: list[float] = []
    errors: list[str] = []

    def client(index: int) -> None:
        # verify=False: the address is plain HTTP, and loading certificates would cost more than the requests.
        with httpx.Client(base_url=f"{address}/gradio_api", timeout=120, verify=False) as http:
            for turn in range(EACH):
                # A few bytes behind the picture's end make the file, and so its address, new in every round.
                picture = jpegs[index * EACH + turn] + time.time_ns().to_bytes(8, "little")
                start = time.perf_counter()
                try:
                    predict_over(http, picture)
                except Exception as error:
                    errors.append(repr(error))
                latencies.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client, args=(index,)) for index in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return {"requests_per_s": CLIENTS * EACH / seconds} | waits(latencies, errors)


def predict_over(http: httpx.Client, picture: bytes) -> None:
    path = http.post("/upload", files={"files": ("photo.jpg", picture, "image/jpeg")}).raise_for_status().json()[0]
    data = ["cifar10-cnn", {"path": path, "meta": {"_type": "gradio.FileData"}}]
    event = http.post("/call/predict", json={"data": data}).raise_for_status().json()["event_id"]
    with http.stream("GET", f"/call/predict/{event}") as answer:
        text = "".join(answer.iter_text())
    if "event: complete" not in text or "confidences" not in text:
        raise RuntimeError(text[:200])


def print_table(result: dict) -> None:
    load_result = result["load"]
    ours, plain = (
        {key: statistics.median(round_[key] for round_ in load_result[kind]) for key in load_result[kind][0]}
        for kind in ("ours", "plain")
    )
    rows = [("start to first page served", f"{result['start_up']['median_s']:.1f} s", "6 s")]
    for name, figures in result["handlers"].items():
        budget = "15 ms, 300 kB" if name.startswith("maps") else f"{figures['budget_ms']:.0f} ms"
        size = f", {figures['kB']:.0f} kB" if name.startswith("maps") else ""
        if name.startswith("judgement"):
            budget, size = f"{budget}, 3 MB", f", {figures['kB'] / 1000:.2f} MB"
        rows.append((name, f"{figures['median_ms']:.1f} ms{size}", budget))
    if result["keys"]:
        keyed = result["keys"]
        budget = "16 ms, no request"
        rows.append(
            (
                "arrow key in the explorer, browser",
                f"{keyed['key_ms']:.1f} ms, {keyed['requests']:.0f} requests",
                budget,
            )
        )
        rows.append(("hover in the explorer, browser", f"{keyed['hover_ms']:.1f} ms", budget))
        whole = f"{keyed['network_hover_ms']:.1f} ms, {keyed['network_requests']:.0f} requests"
        rows.append(("whole network: hover, browser", whole, budget))
    rows += [
        ("30 clients x 5: requests/s, ours", f"{ours['requests_per_s']:.1f}", ""),
        ("30 clients x 5: requests/s, plain wiring", f"{plain['requests_per_s']:.1f}", ""),
        ("ratio", f"{load_result['ratio_median']:.2f}", "at least 1.4"),
        ("p95, ours (plain)", f"{ours['p95_s']:.2f} s ({plain['p95_s']:.2f} s)", "1.5 s"),
        ("errors, ours (plain)", f"{ours['errors']:.0f} ({plain['errors']:.0f})", "0"),
        ("server memory, as it starts", f"{load_result['memory_begun_MB']:.0f} MB", "1,200 MB"),
        ("server memory, all networks loaded", f"{load_result['memory_at_rest_MB']:.0f} MB", "1,200 MB"),
        ("server memory after the load", f"{load_result['memory_after_MB']:.0f} MB", "1,200 MB"),
    ]
    rows += bench_page.rows(result["visits"])
    rows += bench_explore.rows(result["explore"])
    rows += bench_live.rows(result["live"])
    print(f"| {'what':<58} | {'measured':<46} | {'budget':<17} |")
    print(f"|{'-' * 60}|{'-' * 48}|{'-' * 19}|")
    for what, measured, budget in rows:
        print(f"| {what:<58} | {measured:<46} | {budget:<17} |")


if __name__ == "__main__":
    main()
