"""The face towards the clock: jobs that look for what is due."""
