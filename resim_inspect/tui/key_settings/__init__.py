"""Keys of the user's own: their names, conflicts between them, and the list of all bindings."""
