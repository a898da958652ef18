"""What excites a channel: real pictures and drawn ones. The search is in `model_zoo.explain.activation_max`."""
