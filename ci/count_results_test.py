#!/usr/bin/env python3
"""The count at the end of ci/test is honest: failures, crashes and empty runs cannot come out as a success."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("count_results.py")


def ctest(status, output):
    return (f'<testsuite><testcase name="some_tests" status="{status}"><system-out>{output}</system-out>'
            '</testcase></testsuite>')


LEFT = 'a.cpp(1): Leaving test case "one"; testing time: 1us\na.cpp(2): Leaving test case "two"; testing time: 1us\n'


class Count(unittest.TestCase):
    def count(self, *steps, unit=None, suites=None):
        """Exit code and last line."""
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--steps", *map(str, steps or (0, 0))]
            for option, text in (("--unit", unit), ("--suites", suites)):
                if text is not None:
                    path = pathlib.Path(folder, option)
                    path.write_text(text, encoding="utf-8")
                    arguments += [option, str(path)]
            done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True)
            return done.returncode, done.stdout.splitlines()[-1]

    def test_cases_are_counted(self):
        self.assertEqual(self.count(3, 0, unit=ctest("run", LEFT)), (0, "5 passed, 0 failed"))

    def test_failed_steps_count(self):
        self.assertEqual(self.count(3, 1), (1, "3 passed, 1 failed"))

    def test_nothing_is_no_success(self):
        self.assertEqual(self.count(0, 0), (1, "0 passed, 0 failed"))

    def test_a_case_with_two_errors_is_one_failure(self):
        errors = 'a.cpp(7): error: in "suite/one": x\na.cpp(8): error: in "suite/one": y\n'
        self.assertEqual(self.count(unit=ctest("fail", errors + LEFT)), (1, "1 passed, 1 failed"))

    def test_a_crash_is_a_failure(self):
        self.assertEqual(self.count(unit=ctest("fail", LEFT)), (1, "2 passed, 1 failed"))

    def test_a_script_is_one_case(self):
        self.assertEqual(self.count(unit=ctest("run", "fine")), (0, "1 passed, 0 failed"))

    def test_python_says_how_many_it_ran(self):
        self.assertEqual(self.count(unit=ctest("run", "Ran 12 tests in 0.1s\n")), (0, "12 passed, 0 failed"))
        failed = "FAIL: test_a (x)\nERROR: test_b (x)\nRan 12 tests in 0.1s\nFAILED (failures=1, errors=1)\n"
        self.assertEqual(self.count(unit=ctest("fail", failed)), (1, "10 passed, 2 failed"))

    def test_a_program_that_skips_itself_counts_as_nothing(self):
        text = ctest("notrun", "").replace("<system-out>", '<skipped message="SKIP_RETURN_CODE=77"/><system-out>')
        self.assertEqual(self.count(3, 0, unit=text), (0, "3 passed, 0 failed"))

    def test_a_program_that_was_not_run_fails(self):
        self.assertEqual(self.count(unit=ctest("notrun", "")), (1, "0 passed, 1 failed"))

    def test_no_program_is_a_failure(self):
        self.assertEqual(self.count(3, 0, unit="<testsuite></testsuite>"), (1, "3 passed, 1 failed"))

    def test_suites(self):
        totals = {"cases": 10, "skip": 3, "failures": 1, "inconclusive": 2, "warn": 1, "info": 1}
        self.assertEqual(self.count(suites=json.dumps({"totals": totals})), (1, "4 passed, 3 failed"))


if __name__ == "__main__":
    unittest.main()
