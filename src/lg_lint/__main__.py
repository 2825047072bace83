"""`python -m lg_lint`."""

from lg_lint import main

if __name__ == "__main__":
    main()
