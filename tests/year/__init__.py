"""A simulated year of the whole demo county over the simulator's HTTP (`make year`)."""
