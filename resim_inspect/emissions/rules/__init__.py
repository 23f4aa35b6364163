"""Rules of emissions and their config: each with its text and examples beside its check."""
