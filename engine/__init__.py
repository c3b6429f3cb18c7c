"""What makes a run go: it carries out commands, keeps the run's folder and wires the rooms."""
