"""The bytes of a metrics file as a tree of fields, read level by level where it is opened."""
