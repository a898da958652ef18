"""Why skip connections? Measured in `model_zoo.explain.gradient_flow`; here it is told and drawn."""
