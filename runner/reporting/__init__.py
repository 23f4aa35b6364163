"""Ways to watch a call: rows and a live table for people, JSON and JUnit for programs."""
