"""What drives the answer: some draws walk again with one piece of luck swapped, and the difference is read off.

The methods take a `Subject`, which is any function of probability levels, or finished draws; only `worlds` knows plans.
"""
