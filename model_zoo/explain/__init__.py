"""What a network's values and answers come from: sums, receptive fields, attributions and checks of them.

Everything works on any network that `model_zoo.graph` can walk and changes none. No HTML, no zoo entry, no Gradio.
"""
