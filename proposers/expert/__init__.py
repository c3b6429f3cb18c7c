"""Built-in knowledge of what works on tables; needs no key and no network."""
