"""Export of the chart or table in view to a file: choices, the dialog, the writing."""
