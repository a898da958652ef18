"""The Trust tab: how far a network's answers can be trusted, as measured on pictures that taught it nothing."""
