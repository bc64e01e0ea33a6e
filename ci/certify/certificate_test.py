#!/usr/bin/env python3
"""Validates certificates against certificate.schema.json beside this file: the golden one, and those that are named on
the command line; and the manifests of the documentation against exitproof.schema.json, with what editors are to mark.
Ends with 77, skipped, where Python's jsonschema is missing.
"""

import copy
import glob
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "..", "docs")
SKIPPED = 77


def read_json(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return json.load(file)


def mistakes(document, name="certificate.schema.json"):
    import jsonschema
    schema = read_json(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(document)]


def check_golden():
    golden = read_json("golden", "certificate.json")
    assert mistakes(golden) == [], mistakes(golden)
    # The schema refuses something at all.
    without_seed = copy.deepcopy(golden)
    del without_seed["predicate"]["seed"]
    assert len(mistakes(without_seed)) == 1
    other_type = copy.deepcopy(golden)
    other_type["predicateType"] = "https://exitproof.dev/certificate/v0"
    other_type["predicate"]["scenarios"][0]["trials"]["held"] = "7"
    assert len(mistakes(other_type)) == 2


def check_manifests():
    try:
        import tomllib
    except ImportError:
        return  # before Python 3.11
    schema = "exitproof.schema.json"
    found = []
    for path in glob.glob(os.path.join(DOCS, "**", "*.md"), recursive=True):
        with open(path, encoding="utf-8") as page:
            found += re.findall(r"```toml file=exitproof.toml\n(.*?)```", page.read(), re.S)
    assert len(found) >= 2, "the documentation shows no manifest"
    for text in found:
        assert mistakes(tomllib.loads(text), schema) == [], mistakes(tomllib.loads(text), schema)
    for before, after in (("level = ", "levle = "), ('"exhaustive"', '"thorough"'), ("[[scenario]]", "[[scenarios]]"),
                          ('command = ["sh", "copy.sh"]\n', ""), ("reason = ", "why = "), ('"2m"', "120")):
        text = next(one for one in found if "copier" in one).replace(before, after)
        assert mistakes(tomllib.loads(text), schema), f"{after} is not marked"


def main(paths):
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("skipped: there is no jsonschema (Debian: python3-jsonschema)")
        return SKIPPED
    check_golden()
    check_manifests()
    for path in paths:
        found = mistakes(read_json(os.path.abspath(path)))
        assert not found, f"{path}: {found}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
