"""What is said about posts, wishes and questions."""
