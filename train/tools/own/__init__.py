"""Own classes from a few pictures: a trained body that stays as it is, and a linear head on its features.

collection, test = reading.read(Path("my-pictures"))            # a folder or zip: a folder per class
found = teach.teach(collection, [Body.of(model_zoo.load("imagenet-efficientnet-lite0"))])
own_entry.write(found, Path("runs/mine"), facts)           # an ordinary entry of the zoo
"""
