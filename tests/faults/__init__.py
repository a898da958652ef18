"""What goes wrong in the world: the table of all tests that provoke it, and those that have no other home."""
