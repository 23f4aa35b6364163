"""Reports of a call: lines and a live table for people, events, JSON and JUnit for programs."""
