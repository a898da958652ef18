"""The Data tab: the sets of pictures on this server. Reading and naming them is for `demo.pictures`."""
