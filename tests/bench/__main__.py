"""The benchmarks that need no data: the page, the survey of a whole photo, and what decoding photos once is worth.

python -m tests.bench                      all of them, a table of each
python -m tests.bench survey --overlap     one of app, fair, survey and photos, with its own options
"""

import sys

from tests.bench import bench_app, bench_fair, bench_photos, bench_survey

ALL = {"app": bench_app.main, "fair": bench_fair.main, "survey": bench_survey.main, "photos": bench_photos.main}


def main(words: list[str]) -> None:
    chosen = [words.pop(0)] if words and words[0] in ALL else list(ALL)
    for name in chosen:
        print(f"\n{name}", flush=True)
        ALL[name](words)


if __name__ == "__main__":
    main(sys.argv[1:])
