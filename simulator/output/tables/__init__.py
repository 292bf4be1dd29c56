"""One file a table: rows for people, tidy records, and a JSON document of what a command prints."""
