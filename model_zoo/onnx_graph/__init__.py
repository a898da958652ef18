"""ONNX files as PyTorch networks, made of the operations that a walk and its sums know; nothing in a file is run.

read = reader.read(path.read_bytes())     # OnnxError, a sentence, for whatever cannot be read
read.net(torch.zeros(1, 3, read.size, read.size))
"""
