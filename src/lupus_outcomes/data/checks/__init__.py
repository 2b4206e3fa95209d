"""What can be wrong with a dataset, rule by rule; every check gives findings."""
