"""The Compare tab: two passes side by side. How pictures are disturbed is in `demo.render.corruptions`."""
