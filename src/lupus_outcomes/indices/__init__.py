"""Published indices, one a file: pure functions on whole columns that import nothing else of ours.

Conditions are three-valued (see ``three_valued``), measurements are floats with NaN for missing.
"""
