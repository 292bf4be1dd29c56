"""Results in the formats that other programs read: one file or folder a format, each with its provenance."""
