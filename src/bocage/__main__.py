"""`python -m bocage` is `bocage`."""

from bocage.cli import main

if __name__ == "__main__":
    main()
