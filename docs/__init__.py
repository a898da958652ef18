"""Documents, and the commands that draw what they show from the code."""
