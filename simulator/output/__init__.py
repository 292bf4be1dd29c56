"""Finished numbers to tables, figures and messages; no figure computes, and no table imports matplotlib."""
