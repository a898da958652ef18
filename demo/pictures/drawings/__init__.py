"""Small illustrations of things that the CIFAR-10 networks know, painted by formulas: the same pixels at every call.

They are drawings and are called so wherever they are shown. No photograph of these things may be passed on with the
program, and a reader should first meet a network on a picture that it has a word for.
"""
