"""Codes of classes, secrets, and the names that pupils get."""

import hashlib
import secrets

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so that no code is a word; nothing that looks like a digit
DIGITS = "23456789"
_NAMES = """
Alpaca Badger Bat Bear Beaver Bison Boar Camel Cat Cheetah Crab Crane Deer Dolphin Donkey Eagle Elk Falcon
Ferret Finch Fox Frog Gecko Giraffe Goat Goose Hamster Hare Hedgehog Heron Horse Ibex Jackdaw Jaguar Koala Lemur
Leopard Lion Llama Lynx Magpie Mole Moose Newt Octopus Otter Owl Panda Parrot Pelican Penguin Pony Puffin Rabbit
Raven Robin Salmon Seal Sparrow Squirrel Stork Swan Tapir Tiger Toad Turtle Walrus Whale Wolf Wombat Yak Zebra
"""
ANIMALS = tuple(_NAMES.split())
COLOURS = ("Red", "Blue", "Green", "Golden", "Silver", "White", "Black", "Orange", "Purple", "Grey")


def new_code() -> str:
    """Four letters and a digit: over a million codes that can be read out and typed."""
    return "".join(secrets.choice(LETTERS) for _ in range(4)) + secrets.choice(DIGITS)


def normalised(code: object) -> str:
    """The code that somebody typed: small letters, spaces and hyphens make no difference; "" for what cannot be one."""
    if not isinstance(code, str) or len(code) > 20:
        return ""
    text = "".join(each for each in code.upper() if each not in " -\u2013\u2011_.")
    is_code = len(text) == 5 and all(each in LETTERS for each in text[:4]) and text[4] in DIGITS
    return text if is_code else ""


def shown(code: str) -> str:
    """The code as people read it: KRTM-7."""
    return f"{code[:4]}-{code[4:]}"


def new_secret() -> str:
    """A token that nobody guesses, for an address or a browser's storage."""
    return secrets.token_urlsafe(24)


def digest(secret: object) -> str:
    """What is kept of a secret."""
    text = secret if isinstance(secret, str) and len(secret) <= 100 else ""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:40]


def new_name(taken: set[str]) -> str:
    """An animal that nobody in the class is yet; once all are, one with a colour."""
    free = [name for name in ANIMALS if name not in taken]
    free = free or [f"{c} {a}" for c in COLOURS for a in ANIMALS if f"{c} {a}" not in taken]
    return secrets.choice(free)
