"""The WeChat in a box: whether it behaves like the platform, and what it sees of accounts good and bad."""
