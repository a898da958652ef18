"""Helpers that know no network: a cache, pictures and their files, zips from strangers, tables for spreadsheets.

Whatever needs torch or an entry stands elsewhere.
"""
