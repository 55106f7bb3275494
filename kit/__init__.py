"""Tools without opinion."""
