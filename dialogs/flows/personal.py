"""The fields of a declaration: name, document, telephone, addresses, employer, photo."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dialogs.flows.field import Field, Read, Rejected
from dialogs.flows.fields import named_option
from dialogs.flows.scene import Heard, Scene
from dialogs.understanding.dates import moments_in
from knowledge.divisions import NATIONALITIES
from knowledge.text import fold
from knowledge.wording import Option
from rules import detailed_address, identity_number, other_documents, person_name, telephone
from rules.detailed_address import BadAddress, read_detailed_address
from rules.identity_number import BadNumber, read_identity_number
from rules.other_documents import read_document_number
from rules.person_name import BadName, read_person_name
from rules.telephone import read_telephone

IDENTITY_DOCUMENT = "id_card"
_ANNOUNCED = re.compile(r"^(?:我的?)?(?:单位|公司|学校|工作单位|街道|乡镇)?(?:名称|名字)?(?:叫做?|是|在|[:：])+\s*")
_LONG_NUMBER = 11
_IDENTITY_DIGITS = 14
_LONG_ADDRESS = 10
_LONGEST_TEXT = 60
_NATION = re.compile(rf"({'|'.join(sorted((*NATIONALITIES, '汉'), key=len, reverse=True))})(?:族|人)?")


class Name(Field):
    """A person's name."""

    is_free = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        try:
            return Read(read_person_name(heard.text))
        except BadName as problem:
            raise Rejected(f"name_{problem.problem}") from problem

    def rejections(self) -> tuple[str, ...]:
        return tuple(f"name_{problem}" for problem in person_name.PROBLEMS)


class DocumentNumber(Field):
    """The number of the document chosen in the ask `kind`, or of an identity document, in its canonical form."""

    is_sensitive = True

    def __init__(self, kind: str = "") -> None:
        self._kind = kind

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        kind = scene.answers.get(self._kind, IDENTITY_DOCUMENT)
        try:
            if kind == IDENTITY_DOCUMENT:
                return Read(read_identity_number(heard.text, scene.today).number)
            return Read(read_document_number(document_name(kind), heard.text))
        except BadNumber as problem:
            prefix = "number" if kind == IDENTITY_DOCUMENT else "document"
            raise Rejected(f"{prefix}_{problem.problem}") from problem

    def show(self, value: Any, scene: Scene) -> str:
        return masked(str(value))

    def rejections(self) -> tuple[str, ...]:
        others = ("none", "length", "characters", "form") if self._kind else ()
        return (*(f"number_{code}" for code in identity_number.PROBLEMS), *(f"document_{code}" for code in others))


_DOCUMENTS = {"passport": other_documents.PASSPORT, "foreign_passport": other_documents.FOREIGN_PASSPORT}


def document_name(kind: str) -> str:
    """Return the document of a choice, as `rules.other_documents` calls it. Raises KeyError for another choice."""
    return _DOCUMENTS[kind]


def masked(number: str) -> str:
    """Return a number of which only both ends are shown: enough to tell it, too little to use it."""
    front, back = (3, 4) if len(number) >= _LONG_NUMBER else (1, 2)
    hidden = len(number) - front - back
    return f"{number[:front]}{'*' * hidden}{number[-back:]}" if hidden > 0 else "*" * len(number)


class Phone(Field):
    """A telephone number on which the office can call back."""

    is_sensitive = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        try:
            return Read(read_telephone(heard.text).number)
        except BadNumber as problem:
            raise Rejected(f"phone_{problem.problem}") from problem

    def show(self, value: Any, scene: Scene) -> str:
        return masked(str(value))

    def rejections(self) -> tuple[str, ...]:
        return tuple(f"phone_{problem}" for problem in telephone.PROBLEMS)


class Address(Field):
    """An address down to the door. In the talk only its ends are read back."""

    is_free = is_sensitive = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        try:
            return Read(read_detailed_address(heard.text))
        except BadAddress as problem:
            raise Rejected(f"address_{problem.problem}") from problem

    def show(self, value: Any, scene: Scene) -> str:
        text = str(value)
        end = text[-4:] if len(text) >= _LONG_ADDRESS else ""
        return f"{text[:3]}…{end}（共{len(text)}个字）"

    def rejections(self) -> tuple[str, ...]:
        return tuple(f"address_{problem}" for problem in detailed_address.PROBLEMS)


class FreeText(Field):
    """A few words of one's own: an employer, a school, a street."""

    is_free = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        text = _ANNOUNCED.sub("", re.sub(r"\s+", " ", heard.text).strip(" 。.，,"))
        if any(moment.start == 0 and moment.end == len(text) for moment in moments_in(text, scene.today)):
            return None
        if len(text) < 2:
            raise Rejected("text_too_short")
        if len(text) > _LONGEST_TEXT:
            raise Rejected("text_too_long", most=_LONGEST_TEXT)
        if telephone.find_telephone(text) or identity_number.find_identity_number(text):
            raise Rejected("text_number")
        return Read(text)

    def rejections(self) -> tuple[str, ...]:
        return ("text_too_short", "text_too_long", "text_number")


class Street(FreeText):
    """A street or township; the county was chosen before."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        read = super().read(heard, scene)
        if read is not None and read.value in scene.place.counties:
            raise Rejected("text_is_county")
        return read

    def rejections(self) -> tuple[str, ...]:
        return (*super().rejections(), "text_is_county")


class AnyDocumentNumber(DocumentNumber):
    """The number of an identity document, or of a passport."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        try:
            return super().read(heard, scene)
        except Rejected:
            if len(re.sub(r"\D", "", heard.text)) >= _IDENTITY_DIGITS:
                raise  # so many digits are an identity number, old or mistyped
            for name in _DOCUMENTS.values():
                with suppress(BadNumber):
                    return Read(read_document_number(name, heard.text))
            raise


class Nation(Field):
    """One of the 56 nationalities (民族). The value ends in 族."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        found = _NATION.fullmatch(re.sub(r"^(?:我?是|民族[:：是]?)", "", fold(heard.text).strip(" 。.")))
        return Read(f"{found[1]}族") if found else None


class Photo(Field):
    """A portrait, handed in on its page. The value names the photo in the store."""

    is_sensitive = is_file = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        return Read(heard.text) if heard.text.startswith("photo:") else None

    def show(self, value: Any, scene: Scene) -> str:
        return scene.wording.say("photo_kept")


Choices = Callable[[Scene], tuple[tuple[str, ...], ...]]
"""Choices as (value, label, other words for it …)."""


class Choice(Field):
    """One of the choices that the scene gives, as (value, label)."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def labels(self, scene: Scene) -> tuple[str, ...]:
        return tuple(choice[1] for choice in self._choices(scene))

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        choices = self._choices(scene)
        options = {one[0]: Option(one[1], re.compile("|".join(re.escape(fold(w)) for w in one[1:]))) for one in choices}
        value = named_option(options, heard)
        return Read(value) if value is not None else None

    def show(self, value: Any, scene: Scene) -> str:
        return next((choice[1] for choice in self._choices(scene) if choice[0] == value), str(value))
