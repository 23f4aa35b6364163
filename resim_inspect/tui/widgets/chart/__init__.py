"""The interactive chart: view, canvas, painter, viewport, terminal graphics."""
