"""Live pictures: what is drawn or seen by a camera goes through the network several times a second."""
