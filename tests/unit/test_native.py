"""Compiled modules are used where they are of the present sources, and never otherwise."""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn, get_args, get_type_hints

import pytest
from pydantic import GetPydanticSchema, TypeAdapter

from checkout.engine import documents
from checkout.engine.receipt import Receipt
from checkout.engine.taken_certificate import TakenCertificate
from checkout.flows import answers, recomputed_shares, sale, sale_facts
from checkout.native.finder import SUFFIX, VARIABLE, NativeFinder, install, is_compiled
from checkout.native.sources import ROOMS, ROOT, STAMP, compiled_sources, fingerprint, stamped

MODULE = "checkout.engine.evaluate"


def directory_of(tmp_path: Path, stamp: str) -> Path:
    """A directory in which one module has been compiled from some sources."""
    compiled = tmp_path / f"checkout/engine/evaluate{SUFFIX}"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(b"")
    (tmp_path / STAMP).write_text(f"{stamp}\n")
    return tmp_path


def test_fresh_modules_are_found(tmp_path: Path) -> None:
    """The compiled form of a module comes before its source; what was not compiled does not."""
    finder = NativeFinder(directory_of(tmp_path, fingerprint()), "")
    found = finder.find_spec(MODULE, None)
    assert found is not None
    assert found.origin == str(tmp_path / f"checkout/engine/evaluate{SUFFIX}")
    assert finder.find_spec("checkout.engine.facts", None) is None


@pytest.mark.parametrize("stamp", ["", "0" * 64])
def test_modules_of_other_sources_are_passed_over(tmp_path: Path, stamp: str) -> None:
    """After a change the sources themselves are run, until somebody compiles again."""
    finder = NativeFinder(directory_of(tmp_path, stamp), "")
    assert finder.find_spec(MODULE, None) is None


def test_nothing_compiled_is_nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a compiler the service runs as it always did, and starts as fast."""
    unread = "checkout.native.finder.fingerprint"
    monkeypatch.setattr(unread, lambda: pytest.fail("the sources were read"))
    assert stamped(tmp_path / "absent") == ""
    assert NativeFinder(tmp_path / "absent", "").find_spec(MODULE, None) is None


def test_plain_is_plain(tmp_path: Path) -> None:
    """Whoever asks for Python gets it, however fresh the compiled modules are."""
    finder = NativeFinder(directory_of(tmp_path, fingerprint()), "plain")
    assert finder.find_spec(MODULE, None) is None


def test_who_insists_hears_what_is_missing(tmp_path: Path) -> None:
    """A worker that must be fast does not start slowly."""
    finder = NativeFinder(directory_of(tmp_path, "of yesterday"), "compiled")
    with pytest.raises(ImportError, match="make compiled"):
        finder.find_spec(MODULE, None)


def test_other_packages_are_left_alone(tmp_path: Path) -> None:
    """It knows its rooms, and asks for no fingerprint on behalf of others."""
    finder = NativeFinder(directory_of(tmp_path, "of yesterday"), "compiled")
    assert finder.find_spec("checkout.settings", None) is None
    assert finder.find_spec("checkout.flows", None) is None
    assert finder.find_spec("orjson", None) is None


def test_a_word_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped choice is not a choice by default."""
    monkeypatch.setenv(VARIABLE, "fast")
    before = list(sys.meta_path)
    with pytest.raises(ImportError, match="plain, compiled or left out"):
        install()
    assert sys.meta_path == before


def test_the_modules_are_those_that_work_on_receipts() -> None:
    """All of the engine that one passes through, and what is hot beside it; not the schema.

    That is made by pydantic.
    """
    sources = compiled_sources()
    assert {
        "checkout/primitives.py",
        "checkout/engine/evaluate.py",
        "checkout/engine/lanes/discounts.py",
        "checkout/engine/outcome_lines.py",
        "checkout/api/decode.py",
        "checkout/flows/sameness.py",
    } <= set(sources)
    assert len(set(sources)) == len(sources)
    assert {path.split("/")[1] for path in sources} == {*ROOMS, "primitives.py"}
    assert all((ROOT / path).is_file() for path in sources)
    assert not [path for path in sources if "/schema/" in path or path.endswith("/facts.py")]


def test_compiled_dataclasses_find_what_their_fields_hold() -> None:
    """Compiled, a module looks the class of such a field up while it is imported, and fails."""
    for path in compiled_sources():
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        known = vars(builtins) | vars(module)
        for name, kind in vars(module).items():
            if is_dataclass(kind) and kind.__module__ == module.__name__:
                held = [str(each.type).partition("[")[0] for each in fields(kind)]
                classes = {of.split(".")[0] for of in held if of.replace(".", "").isidentifier()}
                assert classes <= known.keys(), f"{path}: {name}"


def filled_by_pydantic() -> set[type]:
    """Dataclasses that some adapter of the service makes, and those that they hold."""
    found: set[type] = set()

    def look_at(hint: Any) -> None:
        if any(isinstance(said, GetPydanticSchema) for said in getattr(hint, "__metadata__", ())):
            return  # filled by a function of ours
        for inner in get_args(hint):
            look_at(inner)
        if isinstance(hint, type) and is_dataclass(hint) and hint not in found:
            found.add(hint)
            for held in get_type_hints(hint, include_extras=True).values():
                look_at(held)

    for module in (documents, answers, recomputed_shares, sale, sale_facts):
        for value in vars(module).values():
            for each in value.values() if isinstance(value, dict) else [value]:
                if isinstance(each, TypeAdapter):
                    look_at(each._type)
    return found


def test_what_pydantic_fills_is_python() -> None:
    """It sets what an object has; compiled objects have nothing that can be set so."""
    found = filled_by_pydantic()
    assert {Receipt, TakenCertificate, answers.ConfirmAnswer} <= found
    compiled = set(compiled_sources())
    wrong = {kind for kind in found if f"{kind.__module__.replace('.', '/')}.py" in compiled}
    assert not wrong


def test_a_generator_expression_goes_straight_into_what_consumes_it() -> None:
    """Elsewhere mypyc works it out at once, and refuses: told in a second, not after minutes."""
    kept = []
    for path in compiled_sources():
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        consumed = {
            id(given)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for given in call.args
        }
        kept += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.GeneratorExp) and id(node) not in consumed
        ]
    assert kept == []


def test_what_was_compiled_is_of_all_that_it_relies_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code holds constants of modules that are not: a change in one is another print."""
    before = fingerprint()
    read = Path.read_bytes
    for changed in ("api/admission.py", "engine/schema/program.py", "flows/sale.py"):
        monkeypatch.setattr(
            Path,
            "read_bytes",
            lambda path, changed=changed: read(path) + path.as_posix().endswith(changed) * b"\n",
        )
        assert fingerprint() != before, changed


def test_a_process_knows_which_engine_it_runs() -> None:
    """What the benchmark prints is what was loaded."""
    from checkout.engine import evaluate

    assert is_compiled() == str(evaluate.__file__).endswith(SUFFIX)


def test_what_mypyc_finds_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its output is read by us first; when it gives up it is all that a developer gets."""
    from checkout.native import __main__ as build

    def gives_up(sources: list[str], made: Path) -> NoReturn:
        del sources, made
        print("evaluate.py:1: error: a bad day")  # noqa: T201 - as mypyc does
        raise SystemExit(1)

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(build, "DIRECTORY", tmp_path / "native")
    monkeypatch.setattr(build, "_extensions", gives_up)
    with pytest.raises(SystemExit):
        build.compile_engine()
    assert "a bad day" in capsys.readouterr().out
    assert not (tmp_path / "native").exists()
