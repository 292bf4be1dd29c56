"""One file a table: what a command prints, as rows for people, tidy records, and a JSON document."""
