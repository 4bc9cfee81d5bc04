"""Run commands as a user would; each model is loaded once."""

import json

from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app


def run(*args, stdin=None):
    """The result of a command, whatever its exit status."""
    return CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)


def run_well(*args, stdin=None):
    """What a command prints; it must end with exit status 0."""
    result = run(*args, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def run_json(*args, stdin=None):
    """What a command prints as JSON."""
    return json.loads(run_well(*args, "--json", stdin=stdin))


def fails_with(code, *args, status=1):
    """Run a command that must fail with one line that has a code in it."""
    result = run(*args)
    assert result.exit_code == status, result.stderr
    assert result.stdout == ""
    if status == 1:
        assert len(result.stderr.strip().splitlines()) == 1
    assert code in result.stderr
    return result.stderr
