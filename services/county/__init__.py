"""What is true about what rises, is counted, kept and looked after."""
