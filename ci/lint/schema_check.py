#!/usr/bin/env python3
"""Validates every suite, every fragments.yaml and every example of the manual against suites/suite.schema.json.

The schema is for editors; the loader is stricter. What this proves is that the two agree: nothing that ships is
marked as wrong in an editor. Also shows that the schema can refuse: a few broken suites must not pass.
Exit: 0 all valid, 1 something is not, 77 (skip) when python3-yaml or python3-jsonschema is missing.
"""
import json
import pathlib
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}; install python3-yaml and python3-jsonschema")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]

BROKEN = {
    "a misspelt key": "title: t\nservcie: smtp\ncases: {c: {title: t, script: x}}",
    "no cases": "title: t",
    "a name in capitals": "title: t\ncases: {Bad: {title: t, script: x}}",
    "a level in small letters": "title: t\ncases: {c: {title: t, level: must, script: x}}",
    "a case without a script": "title: t\ncases: {c: {title: t}}",
    "an unknown service": "title: t\nservice: stmp\ncases: {c: {title: t, script: x}}",
    "a title that ends in a dot": "title: t.\ncases: {c: {title: t, script: x}}",
    "a timeout without a unit": "title: t\ncases: {c: {title: t, timeout: 60, script: x}}",
    "an unknown stock of a host": "title: t\ncases: {c: {title: t, hosts: {mx: acepts}, script: x}}",
    "an unknown key of a host": "title: t\ncases: {c: {title: t, hosts: {mx: {ofers: [SIZE]}}, script: x}}",
    "an answer to no command": "title: t\ncases: {c: {title: t, hosts: {mx: {answers: {RCTP: '250'}}}, script: x}}",
    "a zone that is a list": "title: t\ncases: {c: {title: t, dns: [a], script: x}}",
    "a requirement that is no id": "title: t\ncases: {c: {title: t, requirement: 5321, script: x}}",
}


def documents():
    """(name, text) of all that must be valid."""
    for path in sorted((ROOT / "suites").rglob("*.yaml")):
        if path.name != "untested.yaml":
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for name in ("docs/suite-language.md", "docs/suite-world.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        for number, match in enumerate(re.finditer(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL), 1):
            yield f"{name}, example {number}", match.group(1)


def main():
    schema = json.loads((ROOT / "suites" / "suite.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failed = passed = 0
    for name, text in documents():
        errors = sorted(validator.iter_errors(yaml.safe_load(text)), key=lambda e: [str(p) for p in e.absolute_path])
        for error in errors:
            print(f"{name}: {'/'.join(map(str, error.absolute_path)) or 'the suite'}: {error.message}")
        failed += bool(errors)
        passed += not errors
    for name, text in BROKEN.items():
        refused = not validator.is_valid(yaml.safe_load(text))
        if not refused:
            print(f"the schema lets pass: {name}")
        failed += not refused
        passed += refused
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
