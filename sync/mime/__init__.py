"""Reading mail that strangers wrote: header fields, MIME trees, text, HTML. Pure, bounded in time, never raises."""
