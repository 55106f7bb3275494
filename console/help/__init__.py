"""Pages about posts, wishes and questions."""
