"""A server under mixed questions for minutes or for a night: does it grow?"""
