"""`python -m resim_inspect` is `resim-inspect`."""

from resim_inspect.cli import run

if __name__ == "__main__":
    run()
