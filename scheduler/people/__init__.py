"""What the clock does about members, places, offices and who may do what."""
