#!/usr/bin/env python3
"""Counts what passed and failed, for ci/test: the cases of the unit-test programs (from the JUnit that ctest
wrote; Boost.Test names each case that it leaves), the cases of mailspec's suites (from its JSON report), and
single steps. Prints `N passed, M failed` alone on a line, and exits 1 when anything failed or nothing ran.

Usage: count_results.py [--unit CTEST.xml]... [--suites REPORT.json]... [--steps PASSED FAILED]
"""
import argparse
import json
import re
import sys
import xml.etree.ElementTree as ElementTree


def cases_named_in(output):
    """How many cases a program says it ran, and the names of those that failed: Boost.Test's, or Python's unittest."""
    ran = len(re.findall(r'Leaving test case "', output))
    ran += sum(map(int, re.findall(r"^Ran (\d+) tests? in ", output, re.M)))
    return ran, set(re.findall(r'error: in "([^"]+)"', output) + re.findall(r"^(?:FAIL|ERROR): (.+)$", output, re.M))


def unit_cases(path):
    """Passed and failed cases. A program that failed without naming a case (a crash) counts as one failure."""
    programs = list(ElementTree.parse(path).getroot().iter("testcase"))
    if not programs:
        print(f"  {path}: no program was run")
    passed, failed = 0, 0 if programs else 1
    for program in programs:
        output = "".join(program.findtext(tag) or "" for tag in ("system-out", "system-err"))
        skipped = program.find("skipped")
        if skipped is not None and "SKIP_RETURN_CODE" in (skipped.get("message") or ""):
            print(f"  {program.get('name')}: skipped itself")
            continue
        ran, names = cases_named_in(output)
        ended_well = program.get("status") == "run"
        if ended_well:
            ran, bad = max(ran, 1), 0  # a script that names no case is one
        elif names:
            ran, bad = max(ran, len(names)), len(names)
        else:
            ran, bad = ran + 1, 1
        passed += ran - bad
        failed += bad
        print(f"  {program.get('name')}: {ran - bad} passed, {bad} failed")
    return passed, failed


def suite_cases(path):
    """Failures of the run, and what could not be judged. Warnings and infos are no failures; skips are not counted."""
    with open(path, encoding="utf-8") as file:
        totals = json.load(file)["totals"]
    failed = totals["failures"] + totals["inconclusive"]
    passed = totals["cases"] - totals["skip"] - failed
    print(f"  suites: {passed} passed, {failed} failed, {totals['skip']} skipped")
    return passed, failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--unit", action="append", default=[])
    arguments.add_argument("--suites", action="append", default=[])
    arguments.add_argument("--steps", nargs=2, type=int, default=(0, 0))
    given = arguments.parse_args()
    results = [unit_cases(path) for path in given.unit] + [suite_cases(path) for path in given.suites]
    results.append(tuple(given.steps))
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
