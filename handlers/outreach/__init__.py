"""What is said about notices to many and those who tell them on."""
