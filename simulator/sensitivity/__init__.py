"""What drives an answer, why two scenarios differ, and what it is worth to know.

The methods take a `Subject`, any function of probability levels, or finished draws; `subjects.py` and `analysis.py`
apply them to plans and results.
"""
