"""Own classes from a few pictures: teaching them, and measuring how good that is."""
