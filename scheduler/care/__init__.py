"""What the clock does about visits, danger, illness and a daily sign of life."""
