"""The outside: web, WeChat, terminal and batch channels, the store, settings, keys, the clock."""
