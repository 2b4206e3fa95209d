"""The line between patients and what may be shown: every result crosses it here, and gets its stamp."""
