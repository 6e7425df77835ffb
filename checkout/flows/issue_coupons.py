"""IssueCoupons, BlockCoupon, UnblockCoupon: what operators do with unique coupons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid5

from checkout.flows.answers import BlockCouponAnswer, IssueCouponsAnswer
from checkout.flows.coupon_codes import masked_code
from checkout.flows.giving import end_of_validity
from checkout.flows.operation import Decision, Operation, member_of_partner
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.changes import note_change
from checkout.ledger.coupon_rows import Coupon, CouponIssue
from checkout.ledger.coupons import issue_coupon
from checkout.ledger.interventions import block_coupon
from checkout.primitives import bucket_of, bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.interventions import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCall:
    """What is issued: so many new codes, or these (then `count` is 0)."""

    series: str
    count: int
    codes: tuple[str, ...]
    member_id: UUID | None
    uses_max: int
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    valid_days: int | None


class IssueCouponsOperation(Operation):
    """Issue coupons together, all or none; their ids follow from that of the issue."""

    method = "IssueCoupons"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        call: IssueCall,
        codes: CouponCodes,
        cause: Cause,
    ) -> None:
        moments = [m and m.isoformat() for m in (call.valid_from, call.valid_until)]
        digests = [codes.digest(partner_id, code).hex() for code in call.codes]
        content = call_hash(
            call.series,
            call.count,
            digests,
            str(call.member_id or ""),
            call.uses_max,
            moments,
            call.valid_days,
            cause.reason,
            cause.author,
        )
        super().__init__(partner_id, request_id, content)
        self.call = call
        self.cause = cause
        self.issue_id = cause.intervention_id
        self.has_made = not call.codes
        ids = [uuid5(self.issue_id, f"coupon {n}") for n in range(len(call.codes) or call.count)]
        self.codes = dict(zip(ids, call.codes or map(codes.code_of, ids), strict=True))
        self.digests = {each: codes.digest(partner_id, c) for each, c in self.codes.items()}

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers()
        if not self.has_made:
            # Codes that somebody else made may come twice at the same moment; codes are no keys,
            # since there may be too many of them.
            keys.add(key_number(b"coupon codes", self.partner_id.bytes))
        return keys

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.call.member_id} if self.call.member_id is not None else set()

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        del book, snapshots
        return {(self.partner_id, digest) for digest in self.digests.values()}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        if self.call.series not in snapshot.words.coupon_series:
            return _refused(
                Reason.COUPON_SERIES_UNKNOWN, "the rules have no such series of coupons", "series"
            )
        member = None
        if self.call.member_id is not None:
            found = member_of_partner(book, self.partner_id, self.call.member_id)
            if isinstance(found, Refusal):
                return Decision(found, is_final=False)
            member = found
        refusal = self._refusal_of_codes(book, snapshot)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        zone = next(iter(snapshot.programs.values())).document.time_zone
        valid_from = self.call.valid_from or book.now
        valid_until = self.call.valid_until
        if self.call.valid_days is not None:
            valid_until = end_of_validity(valid_from, self.call.valid_days, zone)
        if valid_until is not None and valid_until <= max(valid_from, book.now):
            return _refused(
                Reason.FIELD_OUT_OF_RANGE,
                "coupons end after they begin, and after now",
                "valid_until",
            )
        # After this point the coupons are issued.
        self._issue(book, member, valid_from, valid_until)
        return Decision(
            IssueCouponsAnswer(
                issue_id=self.issue_id,
                series=self.call.series,
                coupon_ids=list(self.codes),
                masked=[masked_code(code) for code in self.codes.values()],
                codes_made=self.has_made,
                of_member=member is not None,
                uses_max=self.call.uses_max,
                valid_from=valid_from,
                valid_until=valid_until,
            ),
            is_final=True,
        )

    def _refusal_of_codes(self, book: Book, snapshot: CompiledSnapshot) -> Refusal | None:
        """A code is one coupon's, and no campaign's: those name theirs themselves."""
        seen: set[bytes] = set()
        for number, (coupon_id, code) in enumerate(self.codes.items()):
            digest = self.digests[coupon_id]
            is_named = any(
                program.fold_code(code) in program.coupons_known
                for program in snapshot.programs.values()
            )
            if digest in seen or (self.partner_id, digest) in book.coupons or is_named:
                return Refusal(
                    Reason.COUPON_CODE_TAKEN,
                    "the code is a coupon's already, stands twice, or is named by a campaign",
                    f"codes[{number}]",
                    {"number": number, "masked": masked_code(code)},
                )
            seen.add(digest)
        return None

    def _issue(
        self,
        book: Book,
        member: MemberBook | None,
        valid_from: dt.datetime,
        valid_until: dt.datetime | None,
    ) -> None:
        for coupon_id, code in self.codes.items():
            digest = self.digests[coupon_id]
            coupon = Coupon(
                bucket=bucket_of(digest),
                partner_id=self.partner_id,
                digest=digest,
                coupon_id=coupon_id,
                series_code=self.call.series,
                masked=masked_code(code),
                member_id=member.member.member_id if member is not None else None,
                uses_max=self.call.uses_max,
                used=0,
                held=0,
                valid_from=valid_from,
                valid_until=valid_until,
                issued_at=book.now,
                issued_by=self.issue_id,
            )
            issue_coupon(book, coupon)
        book.writes.coupons.issues.append(
            CouponIssue(
                bucket_of_uuid(self.issue_id),
                self.issue_id,
                self.partner_id,
                "operator",
                self.call.series,
                len(self.codes),
                book.now,
                self.cause.author,
                self.cause.reason,
            )
        )
        note_change(
            book,
            self.partner_id,
            ("coupon_issue", self.issue_id),
            self.cause.author,
            self.cause.reason,
            before=None,
            after={"series_code": self.call.series, "count": len(self.codes)},
            beside={"member_id": str(member.member.member_id) if member is not None else None},
        )


class BlockCouponOperation(Operation):
    """Block one coupon, or lift that."""

    def __init__(
        self, partner_id: UUID, *, request_id: str, digest: bytes, lift: bool, cause: Cause
    ) -> None:
        self.method = "UnblockCoupon" if lift else "BlockCoupon"
        content = call_hash(digest.hex(), cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.digest = digest
        self.lift = lift
        self.cause = cause

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        del book, snapshots
        return {(self.partner_id, self.digest)}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        coupon = book.coupons.get((self.partner_id, self.digest))
        if coupon is None:
            return _refused(Reason.COUPON_UNKNOWN, "nobody issued a coupon with this code", "code")
        # After this point the coupon is blocked, or not.
        changes = (coupon.blocked_at is not None) == self.lift
        if changes:
            block_coupon(book, coupon, self.cause, is_blocked=not self.lift)
        return Decision(BlockCouponAnswer(blocked=not self.lift, changed=changes), is_final=True)


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
