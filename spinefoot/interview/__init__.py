"""The interview: what was asked and answered so far, and what to ask next. Knows no terminal."""
