"""The words of the page and what they mean: one file for each language, read and served; fragments mark them."""
