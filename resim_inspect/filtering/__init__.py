"""The filter language over the metrics of a document."""
