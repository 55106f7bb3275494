"""What is said about what rises, is counted, kept and looked after."""
