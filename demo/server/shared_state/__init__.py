"""State that several servers of one page may share: small JSON values under keys, each with its end. What has to be
the same on every server goes through `store.Store` alone; `current.store()` gives the one that this server uses.
"""
