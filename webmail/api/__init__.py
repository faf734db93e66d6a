"""The HTTP API under /api/: thin views, one file a noun."""
