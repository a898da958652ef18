"""The Bench tab: a convolution, two layers and gradient descent, each small enough to follow number by number.

Everything is calculated in the browser; the server sends pictures and the kernels of networks. The modules in
`convolution`, `layers` and `descent` are pure functions, which tests compare with torch.
"""
