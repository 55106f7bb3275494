"""What is remembered about members, places, offices and who may do what."""
