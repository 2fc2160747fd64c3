"""`python -m feedback_service` is the `feedback` command."""

from feedback_service.cli.main import main

main()
