"""The output of `resim-inspect show`, as text and as JSON."""
