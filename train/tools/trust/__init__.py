"""Fits what judges an entry's answers, and measures how good the judgements are; see train/commands/trust.py."""
