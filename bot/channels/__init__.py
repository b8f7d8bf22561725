"""How words arrive and are shown: web, law pages, WeChat."""
