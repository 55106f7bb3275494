"""From the platform to the service: packets, the push with its repeats, and what a reply is worth."""
