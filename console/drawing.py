"""Pictures that pages carry in themselves, so that nothing is asked from anywhere else."""

from __future__ import annotations

import segno


def qr_data(url: str) -> str:
    """A QR code as an address that an `img` can carry."""
    return str(segno.make(url, error="m", micro=False).svg_data_uri(scale=6, border=2, dark="#1f2a37"))
