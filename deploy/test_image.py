"""The Dockerfile and docker-compose.yml, by tools that know what they may say.

Needs `hadolint` and `check-jsonschema` on the PATH: `make test-deploy` puts them there.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which(command[0]), f"no {command[0]}: pip install -r deploy/requirements.txt"
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_dockerfile_is_linted():
    """Nothing in it is deprecated, unpinned where that matters, or run by a shell that hides failures."""
    done = run("hadolint", "deploy/Dockerfile")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_file_is_one():
    """Every key is one that the Compose specification has."""
    done = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert done.returncode == 0, done.stdout + done.stderr
