"""`make demo`: the whole product on one machine, with a living mailbox of an invented practice."""
