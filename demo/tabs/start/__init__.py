"""The start: what somebody meets who opens the page for the first time: a ship, a lion, and what a network says."""
