"""What is drawn or printed: certificate, binding slips, poster and notice sheets; facts in, bytes out."""
