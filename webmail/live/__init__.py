"""The websocket /live/: one reader of Redis a process, one consumer a browser."""
