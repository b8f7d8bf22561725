"""How words arrive and are shown: web and law pages."""
