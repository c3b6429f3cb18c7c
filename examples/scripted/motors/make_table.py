"""Writes motors.csv: electric motors, and the power that each of them delivers.

Simulated, so that everybody can see what there is to know: power is voltage times current
times the cosine of the phase angle, and the maker and the age decide what is lost of it.
The meter never takes full turns off the angle, so that a model has to know that they do not
count.
"""

from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 400
MOST_TURNS = 40
EFFICIENCIES = {"Aldous": 0.93, "Brand": 0.87, "Corvin": 0.81, "Dressel": 0.74}
LOSS_A_YEAR = 0.004
NOISE_WATTS = 60.0

random = np.random.default_rng(20)
table = pd.DataFrame(
    {
        "volts": random.uniform(110, 420, ROWS).round(1),
        "amperes": random.uniform(1, 30, ROWS).round(2),
        "phase_degrees": random.uniform(0, 85, ROWS).round(1),
        "maker": random.choice(list(EFFICIENCIES), ROWS),
        "age_years": random.integers(0, 30, ROWS),
        "room_celsius": random.normal(22, 5, ROWS).round(1),
    }
)
turns = np.random.default_rng(21).integers(0, MOST_TURNS, ROWS)
table["phase_degrees"] = (table["phase_degrees"] + 360 * turns).round(1)
taken = table["volts"] * table["amperes"] * np.cos(np.radians(table["phase_degrees"]))
kept = table["maker"].map(EFFICIENCIES) * (1 - LOSS_A_YEAR * table["age_years"])
noise = random.normal(scale=NOISE_WATTS, size=ROWS)
table["watts"] = (taken * kept + noise).round(1)
table.to_csv(Path(__file__).with_name("motors.csv"), index=False)
