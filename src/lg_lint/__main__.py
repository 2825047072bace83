"""`python -m lg_lint`."""

from lg_lint.warm import main

if __name__ == "__main__":
    main()
