"""What is true about visits, danger, illness and a daily sign of life."""
