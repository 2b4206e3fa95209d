"""The line between patients and what may be shown: results cross it here and get their stamp."""
