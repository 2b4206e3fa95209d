"""The steering committee's deck: editable charts and tables, the same numbers as the pages."""
