"""Small networks as somebody put them together in the page: one or two, trained for at most a minute."""
