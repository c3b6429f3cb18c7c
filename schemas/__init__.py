"""What is said: frozen models that cross a boundary; no behaviour."""
