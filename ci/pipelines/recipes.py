"""Reads the recipes of this folder, and what of them a shell runs."""

import os
import re

import yaml

FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))


class _NoDoubledKeys(yaml.SafeLoader):
    """A key that is there twice is a mistake of ours: the service takes one of them."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"keys are there twice: {doubled}", node.start_mark)
        return super().construct_mapping(node, deep)


def text_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def documents(name):
    return list(yaml.load_all(text_of(name), _NoDoubledKeys))


def document(name):
    (only,) = documents(name)
    return only


def container(job):
    (only,) = job["spec"]["template"]["spec"]["containers"]
    return only


def action_steps():
    return document("github/action.yml")["runs"]["steps"]


def dockerfile():
    """Its instructions, as (word, rest); continued lines are joined."""
    lines = [line for line in text_of("docker/Dockerfile").split("\n") if not line.startswith("#")]
    joined = re.sub(r"\\\n", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.split("\n") if line.strip()]


def shell_texts():
    """Every text of the recipes that a shell runs, by where it stands."""
    texts = {}
    for step in action_steps():
        if "run" in step:
            texts[f"github/action.yml: {step['name']}"] = step["run"]
    for name, job in document("github/exitproof.yml")["jobs"].items():
        for step in job["steps"]:
            if "run" in step:
                texts[f"github/exitproof.yml: {name}: {step['name']}"] = step["run"]
    for name, job in document("gitlab/.gitlab-ci.yml").items():
        if isinstance(job, dict) and "script" in job:
            texts[f"gitlab/.gitlab-ci.yml: {name}"] = "\n".join(job["script"])
    for name in ("kubernetes/shards.yaml", "kubernetes/merge.yaml"):
        texts[name] = container(documents(name)[-1])["args"][0]
    for number, (word, rest) in enumerate(dockerfile()):
        if word == "RUN":
            texts[f"docker/Dockerfile: {number}"] = rest
    for name in ("kubernetes/submit", "slurm/submit", "slurm/shard.sbatch", "slurm/merge.sbatch"):
        texts[name] = text_of(name)
    return texts
