"""Estimators in the manner of scikit-learn; nothing here imports a room of the engine."""
