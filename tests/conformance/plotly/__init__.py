"""Conformance of drawings of plotly figures with plotly.js itself."""
