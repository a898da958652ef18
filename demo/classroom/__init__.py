"""A class: a code that pupils join by, their animals' names, where each is and what each answered, and the teacher's
view of it. It lasts for some hours in the store of shared state and nowhere else; of lessons nothing is known here.
"""
