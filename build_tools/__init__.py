"""Files made from the code when the package is built; `setup.py` and the tests use them."""
