"""The kinds of panels as SVG, one module each."""
