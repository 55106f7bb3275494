"""What is remembered: tables and named queries, without decisions."""
