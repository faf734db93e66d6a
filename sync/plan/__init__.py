"""Pure decisions: values in, values out. No I/O, no framework, no clock but the one passed in."""
