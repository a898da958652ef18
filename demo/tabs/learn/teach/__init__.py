"""Teach: a class is opened, sent to cards and views, and followed on a board; and a lesson as a sheet on paper. What a
class is, `demo.classroom` knows.
"""
