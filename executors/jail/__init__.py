"""The layers of the fence around candidate code, each on plain system calls."""
