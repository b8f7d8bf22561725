"""What takes long: fuzzing, soaking, kill -9, mutations. `python -m tests.endurance` writes docs/endurance.md."""
