"""How we talk: understand a message, compose a checked reply, one pure turn. No clock and no I/O."""
