"""What travels over Redis: deltas to the browsers, requests to an account's owner, wake-ups. All of it may be lost."""
