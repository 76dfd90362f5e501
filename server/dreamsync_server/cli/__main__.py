"""`python -m dreamsync_server.cli`."""

from dreamsync_server.cli.main import main

if __name__ == "__main__":
    main()
