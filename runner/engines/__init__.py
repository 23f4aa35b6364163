"""Engines that run builds; each is imported when it is used."""
