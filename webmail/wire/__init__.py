"""What browsers send, and the frames of the websocket. What they receive are the values of `sync.feed`.

Together they are the OpenAPI document that the TypeScript types are generated from. Unknown fields are refused and
everything has a bound.
"""
