"""`python -m runner` is the command `resim-runner`."""

from runner.cli import run

if __name__ == "__main__":
    run()
