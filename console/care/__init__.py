"""Pages about visits, danger, illness and a daily sign of life."""
