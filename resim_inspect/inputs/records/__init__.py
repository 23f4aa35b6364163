"""Rows of large CSV, JSON lines and text files, read where they are needed, in bounded memory."""
