"""`python -m api` is `sic`."""

from api.cli import main

if __name__ == "__main__":
    main()
