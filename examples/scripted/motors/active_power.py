"""What an electrician would compute first: the power that does work."""

import numpy as np


class Features:
    needs_y = False

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        angle = np.radians(X["phase_degrees"])
        power = X["volts"] * X["amperes"] * np.cos(angle)
        return power.rename("active_power").to_frame()
