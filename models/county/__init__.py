"""What is remembered about what rises, is counted, kept and looked after."""
