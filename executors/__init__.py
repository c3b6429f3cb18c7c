"""Where work runs: a local pool of worker processes, one process for each job."""
