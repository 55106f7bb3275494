"""What is true about posts, wishes and questions."""
