"""The files that a build reads: the pane and the screen of an inputs folder."""
