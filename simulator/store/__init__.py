"""Result folders; no other room touches them. Their layout is in `results.py`, how one comes about in `running.py`."""
