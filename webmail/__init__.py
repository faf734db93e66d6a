"""The web: sign-in, API, websocket, pages. Owns no mail tables and uses `sync`, never the reverse."""
