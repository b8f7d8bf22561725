"""Understanding a message in small named stages, deterministic and able to say why."""
