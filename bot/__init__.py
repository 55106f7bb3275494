"""The process: front door, wiring and commands."""
