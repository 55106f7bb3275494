"""What is remembered about posts, wishes and questions."""
