"""What the clock does about what rises, is counted, kept and looked after."""
