"""Pictures for the page: from a stranger's file to pixels or a sentence, the examples, the sets on the server.

No tab, no layout and no network here; may use demo.errors, demo.render and demo.server. What a picture means to a
network, and the decoding itself, stand in model_zoo.common.picture and picture_file.
"""
