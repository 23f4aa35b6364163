"""Conformance of our drawings of plotly figures with plotly.js itself."""
