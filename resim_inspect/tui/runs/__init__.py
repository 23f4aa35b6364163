"""Runs of builds from the app: the dialog that starts one, its screen, and its logs."""
