"""What is said about members, places, offices and who may do what."""
