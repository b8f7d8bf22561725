"""The revisions of the records' database."""
