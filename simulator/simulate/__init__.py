"""A plan and a range of draws to blocks of draws, over threads or processes."""
