"""The row under the strip: what each step alone would answer."""
