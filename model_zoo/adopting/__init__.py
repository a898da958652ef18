"""Networks from elsewhere as `Model`s: one's own `nn.Module`, architectures of other libraries, weights, ONNX files.

No file that is read here is unpickled or run, and nothing is downloaded unless somebody asks for it.
"""
