"""The only code that speaks SMTP and finds out who does. Raises five kinds of error, knows no framework."""
