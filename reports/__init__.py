"""What people see of a run, all of it derived from the journal's envelopes."""
