"""`python -m tests.bench`: all benchmarks."""

from tests.bench.bench_app import main

if __name__ == "__main__":
    main()
