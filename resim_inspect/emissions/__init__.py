"""Emissions: `*.resim.jsonl` files and the `config.resim.yml` that says what becomes of them."""
