"""The whole network in sight: all channels of all steps at once, and what each of them reads."""
