"""What follows: the finding on a topic with its evidence, and the proof that stands between composing and sending."""
