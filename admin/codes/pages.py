"""Certificates and coupons blocked from their pages or by a code; certificates under a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from wtforms import BooleanField

from admin.members.forms import DeskForm, ReasonField
from admin.members.place import bucket_named
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import NameField
from admin.records.tables import Certificate, Coupon
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.texts import say
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from checkout.client import OperatorClient

_Held = TypeVar("_Held", Certificate, Coupon)


class BlockForm(DeskForm):
    """About a code whose page is open: nobody need have it."""

    lift = BooleanField()
    reason = ReasonField()


class CouponBlockForm(DeskForm):
    code = NameField(longest=64)
    lift = BooleanField()
    reason = ReasonField()


class CertificateMoveForm(DeskForm):
    reason = ReasonField()


class CodePages(ServicePages):
    """Forms about one code each."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        certificate, coupon = "/certificate/{id}/block", "/coupon/block"
        row = "/coupon/{id}/block"
        move = "/certificate/{id}/move"
        return [
            Route(certificate, self.certificate_form, methods=["GET"], name="certificate_form"),
            Route(certificate, self.block_certificate, methods=["POST"], name="block_certificate"),
            Route(move, self.move_form, methods=["GET"], name="move_form"),
            Route(move, self.move_certificate, methods=["POST"], name="move_certificate"),
            Route(coupon, self.coupon_form, methods=["GET"], name="coupon_form"),
            Route(coupon, self.block_coupon, methods=["POST"], name="block_coupon"),
            Route(row, self.coupon_row_form, methods=["GET"], name="coupon_row_form"),
            Route(row, self.block_coupon_row, methods=["POST"], name="block_coupon_row"),
        ]

    async def certificate_form(self, request: Request) -> Response:
        """The form, set to what is still to do."""
        require(request, "certificate.block")
        held = await self._held(request, Certificate)
        return await self._page(request, "certificate", _block_form(held), held=held)

    async def block_certificate(self, request: Request) -> Response:
        """It cannot be spent, and keeps what is on it; or it can again."""
        require(request, "certificate.block")
        held = await self._held(request, Certificate)
        form: Any = BlockForm(await request.form())

        async def block(client: OperatorClient) -> None:
            await client.block_certificate(
                form.request_id.data,
                "",
                form.reason.data,
                lift=form.lift.data,
                certificate_id=str(held.certificate_id),
            )

        return await self._blocked(request, "certificate", form, block, held=held)

    async def move_form(self, request: Request) -> Response:
        """The form."""
        require(request, "certificate.move")
        held = await self._held(request, Certificate)
        form = CertificateMoveForm(data={"request_id": uuid4().hex})
        return await self._page(request, "certificate", form, do="move", held=held)

    async def move_certificate(self, request: Request) -> Response:
        """What is left on it goes to a new one, whose code is shown here and nowhere else."""
        require(request, "certificate.move")
        held = await self._held(request, Certificate)
        form: Any = CertificateMoveForm(await request.form())
        if not form.validate():
            return await self._page(request, "certificate", form, do="move", held=held, status=400)
        try:
            async with self._operators.of(request.state.principal) as client:
                moved = await client.move_certificate(
                    form.request_id.data,
                    "",
                    form.reason.data,
                    certificate_id=str(held.certificate_id),
                )
        except CallRefusedError as refused:
            return await self._refused(request, "certificate", form, refused, do="move", held=held)
        # Sent again the form shows it again, as the service answers a repeated call as before.
        return await self._shown_once(
            request,
            "certificate",
            moved.certificate.code,
            whose=say("certificate.moved_from", masked=held.masked),
            back=_address(held),
        )

    async def coupon_form(self, request: Request) -> Response:
        """The form."""
        require(request, "coupon.block")
        return await self._page(
            request, "coupon", CouponBlockForm(data={"request_id": uuid4().hex})
        )

    async def block_coupon(self, request: Request) -> Response:
        """From the next confirm on it does nothing; or it does again."""
        require(request, "coupon.block")
        form: Any = CouponBlockForm(await request.form())

        async def block(client: OperatorClient) -> None:
            call = client.unblock_coupon if form.lift.data else client.block_coupon
            await call(form.request_id.data, form.code.data, form.reason.data)

        return await self._blocked(request, "coupon", form, block)

    async def coupon_row_form(self, request: Request) -> Response:
        """The form, set to what is still to do."""
        require(request, "coupon.block")
        held = await self._held(request, Coupon)
        return await self._page(request, "coupon", _block_form(held), held=held)

    async def block_coupon_row(self, request: Request) -> Response:
        """The same as by its code."""
        require(request, "coupon.block")
        held = await self._held(request, Coupon)
        form: Any = BlockForm(await request.form())

        async def block(client: OperatorClient) -> None:
            call = client.unblock_coupon if form.lift.data else client.block_coupon
            named = {"code_id": str(held.code_id)}
            await call(form.request_id.data, "", form.reason.data, **named)

        return await self._blocked(request, "coupon", form, block, held=held)

    async def _held(self, request: Request, table: type[_Held]) -> _Held:
        """The certificate, or the coupon, that the address names."""
        bucket, _, text = request.path_params["id"].partition(";")
        key = (bucket_named(bucket), uuid_of(text))
        async with self._sessions() as database:
            held = await database.get(table, key)
        if held is None:
            raise HTTPException(404)
        return held

    async def _blocked(
        self,
        request: Request,
        kind: str,
        form: Any,
        block: Callable[[OperatorClient], Awaitable[None]],
        *,
        held: Certificate | Coupon | None = None,
    ) -> Response:
        """Have done what a form says; then the page of the code, or the list."""
        if not form.validate():
            return await self._page(request, kind, form, held=held, status=400)
        try:
            async with self._operators.of(request.state.principal) as client:
                await block(client)
        except CallRefusedError as refused:
            return await self._refused(request, kind, form, refused, held=held)
        address = _address(held) if held is not None else f"/{kind}/list"
        return RedirectResponse(address, status_code=303)

    async def _refused(
        self,
        request: Request,
        kind: str,
        form: Any,
        refused: CallRefusedError,
        *,
        do: str = "block",
        held: Certificate | Coupon | None = None,
    ) -> Response:
        status = 503 if is_away(refused) else 400
        fault = in_words(refused)
        return await self._page(request, kind, form, do=do, held=held, status=status, fault=fault)

    async def _page(
        self,
        request: Request,
        kind: str,
        form: Any,
        *,
        do: str = "block",
        held: Certificate | Coupon | None = None,
        status: int = 200,
        fault: str = "",
    ) -> Response:
        context = {"name": f"{kind}-{do}", "back": kind, "form": form, "fault": fault}
        if held is not None:
            context["of"] = {"title": held.masked, "href": _address(held)}
        return await self._templates.TemplateResponse(
            request, "desk_form.html", context, status_code=status
        )


def _block_form(held: Certificate | Coupon) -> BlockForm:
    return BlockForm(data={"request_id": uuid4().hex, "lift": held.blocked_at is not None})


def _address(held: Certificate | Coupon) -> str:
    """The page of one."""
    if isinstance(held, Coupon):
        return f"/coupon/details/{held.bucket};{held.code_id}"
    return f"/certificate/details/{held.bucket};{held.certificate_id}"
