"""Programs that are measured, and what they talk to; each runs in a process of its own."""
