"""The benchmarks that need no data: the page, the survey of a whole photo, and what decoding photos once is worth.

python -m tests.bench                      all of them, a table of each
python -m tests.bench survey --overlap     one of app, fair, survey and photos, with its own options
python -m tests.bench entries               what 500 networks cost at the start and when they are chosen
python -m tests.bench fuzz                 what breaks when events get values that no page sends
python -m tests.bench replicas             three servers behind a proxy, one of which dies; needs haproxy or nginx
python -m tests.bench survey-folder        surveys of many photos by processes and by Ray
"""

import sys

from tests.bench import bench_app, bench_entries, bench_photos, bench_survey, bench_survey_folder
from tests.bench.visitors import bench_fair, bench_fuzz, bench_replicas

ALL = {"app": bench_app.main, "fair": bench_fair.main, "survey": bench_survey.main, "photos": bench_photos.main}
# What needs other programs, or long, or measures nothing but finds what breaks.
APART = {
    "entries": bench_entries.main,
    "fuzz": bench_fuzz.main,
    "replicas": bench_replicas.main,
    "survey-folder": bench_survey_folder.main,
}


def main(words: list[str]) -> None:
    chosen = [words.pop(0)] if words and words[0] in ALL | APART else list(ALL)
    for name in chosen:
        print(f"\n{name}", flush=True)
        (ALL | APART)[name](words)


if __name__ == "__main__":
    main(sys.argv[1:])
