"""Fitted models as plain state: JSON, arrays and the libraries' own formats, no pickle."""
