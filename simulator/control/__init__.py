"""What a real platform does not have: hands on the phones, the clock and the faults."""
