"""What is true: the rules of each capability."""
