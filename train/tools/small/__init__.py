"""Small networks as somebody put them together in the page: trained for at most a minute, one or two beside each other."""
