"""What all tabs are built from: the view and its address, the inference, what comes from the browser and goes to it,
how handlers fail. Nothing here knows a tab, and nothing draws.
"""
