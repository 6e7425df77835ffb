from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CardReplacement(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CARD_REPLACEMENT_UNSPECIFIED: _ClassVar[CardReplacement]
    CARD_REPLACEMENT_LOST: _ClassVar[CardReplacement]
    CARD_REPLACEMENT_DAMAGED: _ClassVar[CardReplacement]
    CARD_REPLACEMENT_STOLEN: _ClassVar[CardReplacement]
CARD_REPLACEMENT_UNSPECIFIED: CardReplacement
CARD_REPLACEMENT_LOST: CardReplacement
CARD_REPLACEMENT_DAMAGED: CardReplacement
CARD_REPLACEMENT_STOLEN: CardReplacement

class IssueCardsRequest(_message.Message):
    __slots__ = ("request_id", "type", "count", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    type: str
    count: int
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., type: _Optional[str] = ..., count: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class IssuedCard(_message.Message):
    __slots__ = ("number",)
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    number: str
    def __init__(self, number: _Optional[str] = ...) -> None: ...

class IssueCardsResponse(_message.Message):
    __slots__ = ("issue_id", "cards")
    ISSUE_ID_FIELD_NUMBER: _ClassVar[int]
    CARDS_FIELD_NUMBER: _ClassVar[int]
    issue_id: str
    cards: _containers.RepeatedCompositeFieldContainer[IssuedCard]
    def __init__(self, issue_id: _Optional[str] = ..., cards: _Optional[_Iterable[_Union[IssuedCard, _Mapping]]] = ...) -> None: ...

class ReplaceCardRequest(_message.Message):
    __slots__ = ("request_id", "card", "card_id", "new_card", "new_type", "replacement", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    NEW_CARD_FIELD_NUMBER: _ClassVar[int]
    NEW_TYPE_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    card: str
    card_id: str
    new_card: str
    new_type: str
    replacement: CardReplacement
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., card: _Optional[str] = ..., card_id: _Optional[str] = ..., new_card: _Optional[str] = ..., new_type: _Optional[str] = ..., replacement: _Optional[_Union[CardReplacement, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class ReplaceCardResponse(_message.Message):
    __slots__ = ("member_id", "card_id", "masked", "number")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    card_id: str
    masked: str
    number: str
    def __init__(self, member_id: _Optional[str] = ..., card_id: _Optional[str] = ..., masked: _Optional[str] = ..., number: _Optional[str] = ...) -> None: ...
