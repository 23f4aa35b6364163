"""Placement of the cards on a page: their sizes, their rows, and the way from card to card."""
