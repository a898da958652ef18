"""Many visitors at once: a class, trainings by turns, one who asks for too much, several servers."""
