"""The only code that speaks IMAP. Returns values of `sync.mail`, raises four kinds of error, knows no framework."""
