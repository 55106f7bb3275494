"""What the pretend platform remembers, one file for each thing it remembers."""
