"""Runs mutmut over the rules, and says how many of each module's mutants their tests kill.

`make mutants` runs it in an environment of its own. docs/mutants.md says what survives and why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import libcst as cst
import libcst.matchers as m
from mutmut import __main__ as mutmut
from mutmut.mutation import file_mutation, mutators

KILLED = frozenset({"killed", "timeout"})
WANTED = 0.9
WANTED_OF = ("ace", "end_users", "facts", "overlays")


class Unfolded(cst.CSTTransformer):
    """A module whose decorators are applied in a line of their own: `f = decorate(f)`.

    mutmut passes over decorated functions, and every paragraph of the law is one. A cache is left out:
    it would hide which tests reach what is behind it.
    """

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        """The function without its decorators, and the line that applies them."""
        decorated: cst.BaseExpression = updated_node.name
        for decorator in reversed(updated_node.decorators):
            if not m.matches(decorator.decorator, m.Call(m.Name("lru_cache"))):
                decorated = cst.Call(decorator.decorator, [cst.Arg(decorated)])
        applied = cst.Assign([cst.AssignTarget(updated_node.name)], decorated)
        return cst.FlattenSentinel(
            [updated_node.with_changes(decorators=()), cst.SimpleStatementLine([applied])]
        )


def mutate_unfolded(
    mutate: Callable[..., file_mutation.MutatedFile],
) -> Callable[..., file_mutation.MutatedFile]:
    """mutmut's function from a file to its mutants, for the unfolded file."""
    return lambda name, code, *lines: mutate(name, cst.parse_module(code).visit(Unfolded()).code, *lines)


def mutate_words(node: cst.BaseString) -> Iterable[cst.BaseString]:
    """The mutants of a word, a code or an identifier; none of a sentence, which decides nothing."""
    is_sentence = isinstance(node, cst.SimpleString) and " " in str(node.evaluated_value)
    return () if is_sentence else mutators.operator_string(node)


def survivors_of(path: str) -> tuple[int, list[str]]:
    """How many mutants a file has, and the names of those that no test kills."""
    data = mutmut.SourceFileMutationData(path=path)
    data.load()
    return len(data.exit_code_by_key), [
        name
        for name, exit_code in data.exit_code_by_key.items()
        if mutmut.status_by_exit_code[exit_code] not in KILLED
    ]


def report() -> bool:
    """Prints every survivor and the count of each module; whether those that must have reached it."""
    short = []
    counts = []
    for path in sorted(mutmut.walk_mutatable_files()):
        mutants, survivors = survivors_of(str(path))
        for name in survivors:
            print(f"\n{name}\n{mutmut.get_diff_for_mutant(name, path=path)}")
        if mutants:
            share = 1 - len(survivors) / mutants
            counts.append(f"{path.stem:<14} {mutants:>5} mutants {len(survivors):>5} survive {share:>8.1%}")
            if path.stem in WANTED_OF and share < WANTED:
                short.append(path.stem)
    print("\n" + "\n".join(counts))
    if short:
        print(f"less than {WANTED:.0%} of the mutants of {', '.join(short)} are killed", file=sys.stderr)
    return not short


def main() -> None:
    """Makes the mutants, tests them and reports; exit status 1 where too many survive."""
    mutmut.mutate_file_contents = mutate_unfolded(mutmut.mutate_file_contents)
    file_mutation.mutation_operators = [
        (kind, mutate_words if operator is mutators.operator_string else operator)
        for kind, operator in mutators.mutation_operators
    ]
    mutmut._run((), None)
    sys.exit(not report())


if __name__ == "__main__":
    main()
