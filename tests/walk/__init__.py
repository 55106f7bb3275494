"""The secretary's week, walked through in a real browser: `make walk`."""
