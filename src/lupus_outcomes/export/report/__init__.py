"""The annual report: every chosen result with its figure, table and method, as HTML and PDF."""
