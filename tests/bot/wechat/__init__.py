"""The channel of WeChat official accounts."""
