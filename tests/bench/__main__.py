"""The benchmarks that need no data: the page, the survey of a whole photo, and what decoding photos once is worth.

python -m tests.bench                      all of them, a table of each
python -m tests.bench survey --overlap     one of app, fair, survey and photos, with its own options
python -m tests.bench fuzz                 what breaks when events get values that no page sends
"""

import sys

from tests.bench import bench_app, bench_fair, bench_fuzz, bench_photos, bench_survey

ALL = {"app": bench_app.main, "fair": bench_fair.main, "survey": bench_survey.main, "photos": bench_photos.main}
BY_NAME = {"fuzz": bench_fuzz.main}  # no measurement: what breaks


def main(words: list[str]) -> None:
    chosen = [words.pop(0)] if words and words[0] in ALL | BY_NAME else list(ALL)
    for name in chosen:
        print(f"\n{name}", flush=True)
        (ALL | BY_NAME)[name](words)


if __name__ == "__main__":
    main(sys.argv[1:])
