"""Jump mode: labels on everything that can take the focus; typing one goes there."""
