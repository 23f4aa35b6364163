"""The layers of a plot as SVG: one function a field of `Plot` that holds a layer."""
