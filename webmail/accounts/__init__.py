"""Who may look: devices, and how one signs in."""
