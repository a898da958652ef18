"""The numbers of a kernel, the patch under it and their products."""
