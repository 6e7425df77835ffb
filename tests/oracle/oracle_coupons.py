"""The oracle's coupon codes: which are equal, which are carried, what each is answered.

docs/rules.md, 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_schedules import in_force

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]


def fold(program: Doc, code: str) -> str:
    """What equal codes have in common."""
    return code if program.get("coupons", {}).get("case_matters") else code.casefold()


def typed_codes(program: Doc, receipt: Doc) -> dict[str, list[str]]:
    """The receipt's codes as they were typed, equal ones together."""
    typed: dict[str, list[str]] = {}
    for code in receipt.get("coupons", []):
        typed.setdefault(fold(program, code), []).append(code)
    return typed


def is_repeated(program: Doc, codes: list[str]) -> bool:
    """The code stands twice, and the program rejects such codes."""
    return len(codes) > 1 and bool(program.get("coupons", {}).get("repeated_refused"))


def carried_codes(program: Doc, receipt: Doc) -> set[str]:
    """The codes that conditions may find on the receipt."""
    typed = typed_codes(program, receipt)
    return {code for code, codes in typed.items() if not is_repeated(program, codes)}


def series_of(sale: Sale, code: str) -> str:
    """The series of a code, by the facts; empty if it is in none."""
    for known, series in sale.facts.get("coupon_series", {}).items():
        if fold(sale.program, known) == code:
            return str(series)
    return ""


def fault_of(sale: Sale, code: str) -> str:
    """Why a unique coupon cannot be used, by the facts; empty if they do not say so."""
    for known, fault in sale.facts.get("coupons_refused", {}).items():
        if fold(sale.program, known) == code:
            return str(fault)
    return ""


def names_code(sale: Sale, condition: Doc | None, code: str) -> bool:
    """The condition names the code, or its series, outside a `not`."""
    if condition is None or condition["kind"] == "not":
        return False
    if condition["kind"] in {"all", "any"}:
        return any(names_code(sale, each, code) for each in condition["of"])
    if condition["kind"] == "coupon":
        return fold(sale.program, condition["code"]) == code
    if condition["kind"] == "coupon_series":
        return bool(condition["series"] == series_of(sale, code))
    return False


def names_itself(sale: Sale, condition: Doc, code: str) -> bool:
    """The condition names the code, not only its series, outside a `not`."""
    if condition["kind"] in {"all", "any"}:
        return any(names_itself(sale, each, code) for each in condition["of"])
    return bool(condition["kind"] == "coupon" and fold(sale.program, condition["code"]) == code)


def is_first_of_series(sale: Sale, code: str) -> bool:
    """Of the carried codes of its series it is the smallest: one switches a campaign on."""
    carried = carried_codes(sale.program, sale.receipt)
    return code == min(each for each in carried if series_of(sale, each) == series_of(sale, code))


def names_code_anywhere(sale: Sale, condition: Doc | None, code: str) -> bool:
    """The condition names the code, be it inside a `not`."""
    if condition is None:
        return False
    if condition["kind"] in {"all", "any"}:
        return any(names_code_anywhere(sale, each, code) for each in condition["of"])
    if condition["kind"] == "not":
        return names_code_anywhere(sale, condition["of"], code)
    return bool(condition["kind"] == "coupon" and fold(sale.program, condition["code"]) == code)


def is_known(sale: Sale, code: str) -> bool:
    """Some campaign of the program names the code, or it is in a series."""
    named = any(names_code_anywhere(sale, c.get("when"), code) for c in sale.campaigns)
    return named or series_of(sale, code) != ""


def coupon_answers(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """One answer for each distinct code of the receipt, in the order of codes."""
    answers = []
    rules = sale.program.get("coupons", {})
    for code, codes in typed_codes(sale.program, sale.receipt).items():
        naming = [c for c in sale.campaigns if names_code(sale, c.get("when"), code)]
        if is_repeated(sale.program, codes):
            status = "repeated"
        elif any(
            each in applied
            and (names_itself(sale, each["when"], code) or is_first_of_series(sale, code))
            for each in naming
        ):
            status = "applied"
        elif fault_of(sale, code):
            status = fault_of(sale, code)
        elif not is_known(sale, code):
            status = "unknown"
        elif naming and not any(in_force(sale, c) for c in naming):
            status = "not_in_force"
        else:
            status = "not_applicable"
        unused = status == "not_applicable" and bool(rules.get("unused_used_up"))
        used_up = status == "applied" or unused
        series = "" if status == "repeated" else series_of(sale, code)
        answers.append({"code": min(codes), "status": status, "used_up": used_up, "series": series})
        if not naming and status == "not_applicable" and series_of(sale, code) == "":
            sale.reached.add("coupon: named inside a `not` only")
        note(sale, code, codes, status, used_up=used_up)
    return sorted(answers, key=lambda answer: str(answer["code"]))


def note(sale: Sale, code: str, codes: list[str], status: str, *, used_up: bool) -> None:
    """Name what became of a code, for the list of what was reached."""
    sale.reached.add(f"coupon: {status}, {'used up' if used_up else 'not used up'}")
    if series_of(sale, code):
        sale.reached.add(f"coupon of a series: {status}")
    if len(codes) > 1 and status != "repeated":
        sale.reached.add("coupon: given twice")
    if len(set(codes)) > 1:
        sale.reached.add("coupon: given in other letters")
