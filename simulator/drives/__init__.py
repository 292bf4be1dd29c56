"""What drives the answer of a world: a target, a method, and the records that it gives."""
