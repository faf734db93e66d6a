"""Celery holds the connections: leases, lanes, one selector thread over all idle sockets, one conductor an account."""
