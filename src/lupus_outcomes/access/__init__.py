"""Who may see what, and who saw it: the list of readers, sign-in, the audit log."""
