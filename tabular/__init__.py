"""What is known about tables: reading, splitting, metrics, combining, consensus."""
