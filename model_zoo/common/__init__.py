"""Helpers that know no network: a cache, zips from strangers, tables for spreadsheets.

Whatever needs torch, an entry or a picture's meaning stands elsewhere.
"""
