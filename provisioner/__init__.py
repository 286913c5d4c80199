"""From an association's needs profile to a running, proved stack on its own host."""

__version__ = "0.1.0"
