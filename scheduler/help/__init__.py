"""What the clock does about posts, wishes and questions."""
