"""The mirror: IMAP ⇄ tables. Runs in Celery workers and never imports `webmail`."""
