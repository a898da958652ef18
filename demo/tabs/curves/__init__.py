"""The Curves tab: how networks learned, epoch by epoch. The charts are drawn by `demo.render.history_chart`."""
