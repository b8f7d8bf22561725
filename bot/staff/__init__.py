"""The console of the staff, on the internal listener: look-up, learning, declarations, people."""
