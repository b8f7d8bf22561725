"""What a turn costs beside a bare echo. `python -m tests.bench` writes the tables of docs/performance.md."""
