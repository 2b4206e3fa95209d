"""Figures: ``draw_`` takes a released result, gives a ``Drawing``; nothing here sees a patient."""
