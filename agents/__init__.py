"""Who decides: director, feature, modeler, critic and ensembler, all pure."""
