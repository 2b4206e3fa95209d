"""Released results as files: tables, workbooks, figures. All writing of results is here."""
