"""The bytes of a file as a tree of fields, searched and copied."""
