"""A case in, an explained answer out."""
