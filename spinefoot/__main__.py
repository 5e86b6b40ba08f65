"""`python -m spinefoot`."""

from spinefoot.cli.app import main

if __name__ == "__main__":
    main()
