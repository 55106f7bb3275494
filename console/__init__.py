"""The face towards browsers: pages for secretaries and large-type pages for members."""
