"""Writing metrics documents: the builder, and the sample that is made with it."""
