"""Patients in, patients out: what follows from the records of each patient, for whole columns at once."""
