"""Figures: ``draw_`` takes a released result and gives a ``Drawing``; nothing here sees a patient."""
