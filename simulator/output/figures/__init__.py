"""One file a figure: the records that it is drawn from, what gathers them from results, and the drawing."""

import logging

logging.getLogger("matplotlib").setLevel(
    logging.ERROR
)  # such as that a folder for its cache cannot be written
