"""Building blocks that candidate code may import inside a worker; imports no other room."""
