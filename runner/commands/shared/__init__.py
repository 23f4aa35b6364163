"""Arguments and steps that several commands share."""
