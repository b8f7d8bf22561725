"""One module a revision, the first with the number 0001."""
