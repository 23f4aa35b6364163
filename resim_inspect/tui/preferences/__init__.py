"""The user's preferences in the app: what is in force, and where it comes from."""
