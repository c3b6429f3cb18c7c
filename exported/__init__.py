"""What runs in an exported folder: it needs numpy, pandas and the model libraries, no more."""
