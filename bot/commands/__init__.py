"""The commands an operator runs: each module a group, each function one command."""
