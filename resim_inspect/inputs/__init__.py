"""Files that a build reads or writes: recordings, tables, and lines of text."""
