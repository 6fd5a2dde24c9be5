"""What every generated model is made of: strict requests, forgiving responses, no secrets shown.

Requests refuse unknown fields and keep absent, null and value apart: what was not set is not sent.
Responses take what comes: anything may be missing, unknown fields are kept as attributes, unknown
enum values stay strings, and a value of the wrong type is kept among the unknown fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from clickhouse_api.secrets import MASK, is_secret_name

__all__ = [
    "Number",
    "Open",
    "RequestModel",
    "ResponseModel",
    "UnknownVariant",
    "VerbatimRequestModel",
    "VerbatimResponseModel",
]

T = TypeVar("T")

# The document's `number` holds whole numbers nearly everywhere; 8 must stay 8 and not become 8.0.
Number = int | float

# An enum of a response: a member if the value is known, else the plain string.
Open = Annotated[T | str, Field(union_mode="left_to_right")]


class _Model(BaseModel):
    """Shared settings and a repr that masks secrets.

    `defer_build`: pydantic compiles a validator when a model is first used; compiling all of them
    at import would cost every program seconds for the few models it touches.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        defer_build=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            hidden = name is not None and value is not None and is_secret_name(name)
            yield name, MASK if hidden else value


class RequestModel(_Model):
    """Body of a request: unknown fields and values are refused, with an error that names them."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class VerbatimRequestModel(RequestModel):
    """A request whose wire names are not camelCase, so they are not derived."""

    model_config = ConfigDict(alias_generator=None)


class ResponseModel(_Model):
    """Part of an answer: never a reason to crash."""

    model_config = ConfigDict(extra="allow")

    _api_request_id: str | None = PrivateAttr(default=None)

    @property
    def api_request_id(self) -> str | None:
        """Id the API gave the request that this is the answer to; None on nested parts."""
        return self._api_request_id

    @model_validator(mode="wrap")
    @classmethod
    def _keep_what_does_not_fit(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            misfits = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
            # A wrong Literal means "another variant of the union"; only the union can decide.
            wrong_variant = any(detail["type"] == "literal_error" for detail in error.errors())
            if wrong_variant or not misfits or not isinstance(data, dict):
                raise
            return cls._with_misfits(data, misfits, handler)

    @classmethod
    def _with_misfits(
        cls, data: dict[str, Any], misfits: set[str], handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """What has the wrong type becomes an unknown field: kept, but no typed attribute lies."""
        answer = handler({key: value for key, value in data.items() if key not in misfits})
        kept = {key: data[key] for key in data.keys() & misfits}
        answer.__pydantic_extra__ = {**(answer.__pydantic_extra__ or {}), **kept}
        return answer


class VerbatimResponseModel(ResponseModel):
    """A response whose wire names are not camelCase, so they are not derived."""

    model_config = ConfigDict(alias_generator=None)


class UnknownVariant(ResponseModel):
    """An object of a kind the document does not know yet; its fields are attributes."""
