"""Outcomes of people with systemic lupus erythematosus treated with anifrolumab."""

from importlib.metadata import version

__version__ = version("lupus-outcomes")
