"""From folders, zips and tables on a disk to arrays that a training takes: listed, checked, divided, decoded, cached.

Knows no network, no loss and no schedule; those stand in train.engine, which imports this. How a single picture is
opened stands in model_zoo.common.picture_file.
"""
