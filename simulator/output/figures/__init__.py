"""One file a figure: the records that it is drawn from, what gathers them from results, and the drawing."""
