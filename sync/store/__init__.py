"""The only code that touches the mail tables. One transaction = one `seq` = one stream entry, told after the commit."""
