"""What is true about members, places, offices and who may do what."""
