from checkout.v1 import error_reason_pb2 as _error_reason_pb2
from checkout.v1 import outcome_pb2 as _outcome_pb2
from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AddMemberRequest(_message.Message):
    __slots__ = ("request_id", "store", "card", "phone", "external_id", "first_name", "last_name", "patronymic", "email", "gender", "birth_date", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    PATRONYMIC_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    store: str
    card: str
    phone: str
    external_id: str
    first_name: str
    last_name: str
    patronymic: str
    email: str
    gender: str
    birth_date: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., store: _Optional[str] = ..., card: _Optional[str] = ..., phone: _Optional[str] = ..., external_id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., patronymic: _Optional[str] = ..., email: _Optional[str] = ..., gender: _Optional[str] = ..., birth_date: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AddMemberResponse(_message.Message):
    __slots__ = ("member", "card")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    member: _outcome_pb2.MemberView
    card: str
    def __init__(self, member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ..., card: _Optional[str] = ...) -> None: ...

class ChangeContactRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "phone", "external_id", "instead_of", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    INSTEAD_OF_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    phone: str
    external_id: str
    instead_of: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., phone: _Optional[str] = ..., external_id: _Optional[str] = ..., instead_of: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ChangeContactResponse(_message.Message):
    __slots__ = ("changed", "replaced")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    REPLACED_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    replaced: bool
    def __init__(self, changed: _Optional[bool] = ..., replaced: _Optional[bool] = ...) -> None: ...

class TagMemberRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "tag", "reason", "take")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TAKE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    tag: str
    reason: str
    take: bool
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., tag: _Optional[str] = ..., reason: _Optional[str] = ..., take: _Optional[bool] = ...) -> None: ...

class TagMemberResponse(_message.Message):
    __slots__ = ("tagged", "changed")
    TAGGED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    tagged: bool
    changed: bool
    def __init__(self, tagged: _Optional[bool] = ..., changed: _Optional[bool] = ...) -> None: ...

class SetMemberAttributeRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "attribute", "yes_no", "number", "text", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTE_FIELD_NUMBER: _ClassVar[int]
    YES_NO_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    attribute: str
    yes_no: bool
    number: int
    text: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., attribute: _Optional[str] = ..., yes_no: _Optional[bool] = ..., number: _Optional[int] = ..., text: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SetMemberAttributeResponse(_message.Message):
    __slots__ = ("changed",)
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    def __init__(self, changed: _Optional[bool] = ...) -> None: ...

class SetMemberConsentRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "channel", "consents", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    channel: str
    consents: bool
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., channel: _Optional[str] = ..., consents: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class SetMemberConsentResponse(_message.Message):
    __slots__ = ("changed",)
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    def __init__(self, changed: _Optional[bool] = ...) -> None: ...

class FindMembersRequest(_message.Message):
    __slots__ = ("identifiers",)
    IDENTIFIERS_FIELD_NUMBER: _ClassVar[int]
    identifiers: _containers.RepeatedCompositeFieldContainer[_receipt_pb2.Identifier]
    def __init__(self, identifiers: _Optional[_Iterable[_Union[_receipt_pb2.Identifier, _Mapping]]] = ...) -> None: ...

class FoundMember(_message.Message):
    __slots__ = ("member_id", "reason", "message")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    reason: _error_reason_pb2.ErrorReason
    message: str
    def __init__(self, member_id: _Optional[str] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., message: _Optional[str] = ...) -> None: ...

class FindMembersResponse(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[FoundMember]
    def __init__(self, members: _Optional[_Iterable[_Union[FoundMember, _Mapping]]] = ...) -> None: ...
