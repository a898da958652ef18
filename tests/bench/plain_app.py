"""The plain wiring that ConvScope is measured against: what a first Gradio app around the same network looks like."""

import sys
from pathlib import Path

# A first app's environment has neither; ConvScope's requirements bring them, and the server would use them here, too.
sys.modules["uvloop"] = sys.modules["httptools"] = None

import gradio as gr
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

import model_zoo

model = model_zoo.load(model_zoo.names()[0])
model.net.to(memory_format=torch.contiguous_format)  # as a network is that nobody has laid out for speed


def predict(name: str, picture: Image.Image) -> dict[str, float]:
    with torch.no_grad():
        probabilities = model.net(model.prepare(picture)).softmax(1)[0]
    return dict(zip(model.classes, probabilities.tolist(), strict=True))


with gr.Blocks(analytics_enabled=False) as demo:
    name, picture, label = gr.Textbox(), gr.Image(type="pil"), gr.Label()
    gr.Button().click(predict, [name, picture], label, api_name="predict")

if __name__ == "__main__":
    demo.launch()
