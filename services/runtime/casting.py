"""From a body's JSON to the message that a handler is annotated with, in one step and by pydantic alone."""

from functools import cache
from typing import Any

from faststream.redis.subscriber.usecases import StreamSubscriber
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from services.contracts.failures import Unprocessable

from .middleware import ExpectedFailure


def message_of(subscriber: StreamSubscriber, body: bytes) -> Any:
    """The message. Raises ValidationError naming the field that does not fit, ExpectedFailure for what is no JSON."""
    try:
        return adapter_of(subscriber).validate_json(body)
    except ValidationError as error:
        (fault, *_) = error.errors(include_url=False)
        if fault["loc"]:
            raise
        raise ExpectedFailure(Unprocessable(_of_the_whole(fault))) from None


def _of_the_whole(fault: ErrorDetails) -> str:
    """What is wrong with a body as such, not with one of its fields."""
    if fault["type"] == "json_invalid":
        return f"body is not JSON: {fault['ctx']['error']}"
    return f"body is a {type(fault['input']).__name__}; it must be a JSON object"


@cache
def adapter_of(subscriber: StreamSubscriber) -> TypeAdapter[Any]:
    """What makes the message for the handler of a started subscriber. Raises TypeError if it takes anything but that."""
    (call,) = subscriber.calls
    parameters: list[Any] = list(call.dependant.flat_params) if call.dependant else []
    if len(parameters) != 1:
        raise TypeError(f"handler {call.name} must take the message and nothing else")
    return TypeAdapter(parameters[0].field_type)
