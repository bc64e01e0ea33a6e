#!/usr/bin/env python3
"""Validates the golden files of the reports against the schemas of their formats: junit.xml against junit.xsd, and
results.sarif against sarif.schema.json, both beside this file. That reports are like the golden files is report_test's
to show. Ends with 77, skipped, where xmllint or Python's jsonschema is missing.
"""

import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def read_json(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return json.load(file)


def is_valid_junit(text):
    command = ["xmllint", "--noout", "--nonet", "--schema", os.path.join(HERE, "junit.xsd"), "-"]
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    return done.returncode == 0, done.stderr.decode(errors="replace")


def sarif_mistakes(document):
    import jsonschema
    validator = jsonschema.Draft7Validator(read_json("sarif.schema.json"))
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(document)]


def check_junit():
    with open(os.path.join(HERE, "golden", "junit.xml"), "rb") as file:
        golden = file.read()
    valid, why = is_valid_junit(golden)
    assert valid, why
    # The schema refuses something at all.
    assert not is_valid_junit(golden.replace(b"<failure ", b"<failing ", 1))[0]
    assert not is_valid_junit(golden.replace(b" tests=", b" cases=", 1))[0]


def check_sarif():
    golden = read_json("golden", "results.sarif")
    assert golden["runs"][0]["results"], "a golden file without a result shows nothing"
    assert sarif_mistakes(golden) == [], sarif_mistakes(golden)
    golden["runs"][0]["results"][0]["level"] = "fatal"
    del golden["runs"][0]["tool"]["driver"]["name"]
    assert len(sarif_mistakes(golden)) == 2


def main():
    if shutil.which("xmllint") is None:
        print("skipped: there is no xmllint (Debian: libxml2-utils)")
        return SKIPPED
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("skipped: there is no jsonschema (Debian: python3-jsonschema)")
        return SKIPPED
    check_junit()
    check_sarif()
    return 0


if __name__ == "__main__":
    sys.exit(main())
