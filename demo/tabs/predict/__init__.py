"""The Answer tab: the answer in words and bars, what the network sees, and how stable the answer is."""
