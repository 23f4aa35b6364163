"""Open, judge and show the files that ReSim metrics builds write."""

__version__ = "0.1.0"
