"""The benchmark table: `python -m tests.bench`."""
