"""Runs the scoring engines in rounds and prints ratios of one run. Called by scripts/benchmark-scoring."""

import platform
import re
import statistics
import subprocess
import sys
import time

import duckdb

FOLDER, ROUNDS = sys.argv[1], int(sys.argv[2])
BENCH = ["cargo", "bench", "-q", "-p", "hengji-rules", "--bench", "region", "--", "--rounds", "1"]
SHARE = "(2 * weight * upper + lower) // (2 * lower)"
QUERY = f"""
select sum(projects), sum(score), sum(g0), sum(g1), sum(g2), sum(g3) from (
  select department, count(*) projects, sum(score) score,
    count(*) filter (where score >= 9000) g0, count(*) filter (where score >= 8000 and score < 9000) g1,
    count(*) filter (where score >= 6000 and score < 8000) g2, count(*) filter (where score < 6000) g3
  from (
    select project, sum(case when met then weight
        when rule = 0 then 0
        when rule = 1 then {SHARE}
        when rule = 2 then case when 10 * upper < 6 * lower then 0 else {SHARE} end
        else greatest(weight - weight * 2 * (abs(actual - target) * 100 // target) // 100, 0) end)::bigint score
    from (
      select project, rule, weight::bigint weight, target, actual, least(actual, target) upper,
        greatest(actual, target) lower,
        case operator when 0 then actual >= target when 1 then actual <= target else actual = target end met
      from indicators)
    group by project)
  join projects using (project) group by department)"""
# ratio, over what, under what, bar
BARS = [
    ("pack, 1 thread / by hand, 1 thread", "limit-1", "ours-1", 0.5),
    ("pack, 1 thread / decimals, 1 thread", "decimal-1", "ours-1", 3.0),
    ("pack, 2 threads / pack, 1 thread", "ours-1", "ours-2", 1.6),
    ("pack, 2 threads / DuckDB, 2 threads", "duckdb", "ours-2", 5.0),
    ("pack, 1 thread / DuckDB, 2 threads", "duckdb", "ours-1", None),
]


def loaded():
    database = duckdb.connect()
    database.execute("set threads = 2")
    for table in ("projects", "indicators"):
        database.execute(f"create table {table} as select * from read_csv('{FOLDER}/{table}.csv')")
    return database


def one_round(database):
    """Seconds by engine, and the sums they all must share."""
    printed = subprocess.run(BENCH, check=True, capture_output=True, text=True).stdout
    pattern = r"name=(\S+) seconds=(\S+) sum=(\d+) grades=\[(.*)\]"
    seconds, sums = {}, set()
    for name, taken, total, grades in re.findall(pattern, printed):
        seconds[name] = float(taken)
        sums.add((int(total), *map(int, grades.split(", "))))
    began = time.perf_counter()
    row = database.execute(QUERY).fetchone()
    seconds["duckdb"] = time.perf_counter() - began
    sums.add(tuple(map(int, row[1:])))
    if len(sums) != 1:
        sys.exit(f"the engines differ: {sums}")
    return seconds


def main():
    database = loaded()
    rounds = [one_round(database) for _ in range(ROUNDS)]
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    rustc = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"{platform.system()} {platform.machine()}, {model}; {rustc}; DuckDB {duckdb.__version__}; {ROUNDS} rounds")
    print("| engine | seconds, median (min..max) |\n| --- | --- |")
    for name in rounds[0]:
        taken = [seconds[name] for seconds in rounds]
        print(f"| {name} | {statistics.median(taken):.3f} ({min(taken):.3f}..{max(taken):.3f}) |")
    print("\n| speed ratio of one round | median (min..max) | bar | |\n| --- | --- | --- | --- |")
    missed = False
    for title, over, under, bar in BARS:
        ratios = [seconds[over] / seconds[under] for seconds in rounds]
        median = statistics.median(ratios)
        verdict = "" if bar is None else "met" if median >= bar else "missed"
        missed = missed or verdict == "missed"
        shown = "" if bar is None else f">= {bar}"
        print(f"| {title} | {median:.2f} ({min(ratios):.2f}..{max(ratios):.2f}) | {shown} | {verdict} |")
    sys.exit(missed)


main()
