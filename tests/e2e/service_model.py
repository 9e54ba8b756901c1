"""What AWS's own model of KMS says, as botocore carries it: which values a member may not have, and whether an answer is one of the
operation. Sizes, patterns and value sets are read from the model, so a newer botocore brings newer cases."""

import base64
import copy
import json
import re

# The errors that AWS documents for every service, beside those of an operation.
COMMON_ERRORS = {"ValidationException", "SerializationException", "AccessDeniedException", "ThrottlingException"}
SERVER_FAULTS = {"KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"}


def errors_of(operation_model):
    return {shape.name for shape in operation_model.error_shapes} | COMMON_ERRORS


def members_of(shape):
    """Every member that a value of the shape can have, nested ones as Tags.TagKey."""
    found = []
    for name, member in shape.members.items():
        found.append(name)
        inner = member.member if member.type_name == "list" else member
        if inner.type_name == "structure":
            found += [f"{name}.{one}" for one in members_of(inner)]
    return found


def members_in(request):
    """Those that a request has, in the same notation."""
    found = set()
    for name, value in request.items():
        found.add(name)
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                found |= {f"{name}.{one}" for one in members_in(inner)}
    return found


# --- values that a member may not have --------------------------------------------------------------------------------
def beyond_length(make, minimum, maximum):
    if maximum is not None:
        yield "too long", make(maximum + 1)
    if minimum:
        yield "too short", make(minimum - 1)


def unlike(pattern, length):
    """A text of that length that the pattern does not match; AWS's patterns are for the whole value."""
    expression = re.compile(pattern)
    return next(text for text in (character * length for character in "?\u0101\u4e00") if not expression.fullmatch(text))


def bad_texts(shape):
    rules = shape.metadata
    if "enum" in rules:
        yield "no such value", "NO_SUCH_VALUE"
        yield "another case", rules["enum"][0].swapcase()
        return
    yield from beyond_length(lambda length: "a" * length, rules.get("min"), rules.get("max"))
    if "pattern" in rules:
        yield "not of the pattern", unlike(rules["pattern"], max(rules.get("min", 1), 1))


def bad_numbers(shape):
    if "min" in shape.metadata:
        yield "too small", shape.metadata["min"] - 1
        yield "negative", -1
    if "max" in shape.metadata:
        yield "too large", shape.metadata["max"] + 1


def bad_values(shape):
    """(what is wrong, the value) of a value of the right type that is beyond a bound of its shape."""
    kind = shape.type_name
    if kind == "string":
        yield from bad_texts(shape)
    elif kind == "blob":
        yield from beyond_length(lambda length: b"a" * length, shape.metadata.get("min"), shape.metadata.get("max"))
    elif kind == "integer":
        yield from bad_numbers(shape)
    elif kind == "list":
        if "max" in shape.metadata:
            yield "too many", [good_value(shape.member)] * (shape.metadata["max"] + 1)
        for what, value in bad_values(shape.member):
            yield f"a member {what}", [value]
    elif kind == "structure":
        for name, member in shape.members.items():
            for what, value in bad_values(member):
                yield f"{name} {what}", good_value(shape) | {name: value}
        for name in shape.required_members:
            yield f"no {name}", {key: value for key, value in good_value(shape).items() if key != name}


def good_value(shape):
    """A value within the bounds; of a structure with its required members only."""
    kind = shape.type_name
    if kind == "string":
        return shape.metadata["enum"][0] if "enum" in shape.metadata else "A" * max(shape.metadata.get("min", 1), 1)
    if kind == "structure":
        return {name: good_value(shape.members[name]) for name in shape.required_members}
    return {"blob": b"a", "integer": shape.metadata.get("min", 1), "boolean": True, "list": [], "map": {}, "timestamp": 0}[kind]


WRONG_JSON = {
    "string": (7, 1.5, True, [], {}, ["a"]),
    "blob": (7, False, [], {}, "no base64!", "YQ"),
    "integer": ("seven", "7", 1.5, True, [], {}, 2 ** 31, -2 ** 63 - 1),
    "boolean": ("true", 1, 0, [], {}),
    "timestamp": ("yesterday", "2030-01-01T00:00:00Z", True, [], {}),
    "list": ("a", 7, True, {}),
    "map": ("a", 7, True, [], {"a": 7}, {"a": []}, {"a": None}),
    "structure": ("a", 7, True, []),
}


def wrong_json(shape):
    """Values of JSON that are of another type than the shape."""
    yield from WRONG_JSON[shape.type_name]
    if shape.type_name == "list":
        for value in wrong_json(shape.member):
            yield [value]
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            for value in wrong_json(member):
                yield {name: value}


def json_of(request):
    """As an SDK writes it."""
    def written(value):
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()
    return json.loads(json.dumps(request, default=written))


def beyond_limits(operation_model, good):
    """(what is wrong, request) with one member of `good` beyond a bound or left out."""
    shape = operation_model.input_shape
    for name, member in shape.members.items():
        for what, value in bad_values(member):
            yield f"{name} {what}", good | {name: value}
    for name in shape.required_members:
        yield f"no {name}", {key: value for key, value in good.items() if key != name}


def wrong_types(operation_model, good):
    """(what is wrong, body) with one member of another type."""
    for name, member in operation_model.input_shape.members.items():
        for value in wrong_json(member):
            body = json.dumps(copy.deepcopy(json_of(good)) | {name: value})
            yield f"{name} = {json.dumps(value)}", body
    for body in ("", "[]", '"a"', "7", "null", "{", '{"KeyId":', "\ufeff{}", "{} {}"):
        if body or operation_model.input_shape.required_members:
            yield f"body {body!r}", body


# --- answers ------------------------------------------------------------------------------------------------------------
# AWS itself was seen to send these, whatever its model says of the values that callers may send.
SENT_BY_AWS = {("GrantNameType", "")}  # of a grant without a name


def text_problems(shape, value, where):
    rules = shape.metadata
    if (shape.name, value) in SENT_BY_AWS:
        return
    if not isinstance(value, str):
        yield f"{where}: {value!r} is no text"
    elif "enum" in rules and value not in rules["enum"]:
        yield f"{where}: {value!r} is none of {rules['enum']}"
    elif "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        yield f"{where}: {value!r} is not of the pattern {rules['pattern']}"
    else:
        yield from size_problems(rules, len(value), where)


def size_problems(rules, size, where):
    if not rules.get("min", 0) <= size <= rules.get("max", size):
        yield f"{where}: its size {size} is beyond {rules}"


def blob_problems(shape, value, where):
    try:
        blob = value if isinstance(value, bytes) else base64.b64decode(value, validate=True)
    except (TypeError, ValueError):
        yield f"{where}: {value!r} is no blob"
        return
    yield from size_problems(shape.metadata, len(blob), where)


def is_number(value, kinds):
    return isinstance(value, kinds) and not isinstance(value, bool)


def problems_of(shape, value, where, is_time):
    """What the value has that a value of the shape does not have. `is_time` knows timestamps in the form at hand."""
    kind = shape.type_name
    if kind == "string":
        yield from text_problems(shape, value, where)
    elif kind == "blob":
        yield from blob_problems(shape, value, where)
    elif kind == "structure":
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no structure"
            return
        yield from (f"{where}: no {name}" for name in shape.required_members if name not in value)
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{where}: the model has no member {name}"
            else:
                yield from problems_of(shape.members[name], inner, f"{where}.{name}", is_time)
    elif kind == "list" and isinstance(value, list):
        for inner in value:
            yield from problems_of(shape.member, inner, where + "[]", is_time)
    elif kind == "map" and isinstance(value, dict):
        for inner in value.values():
            yield from problems_of(shape.value, inner, where + "{}", is_time)
    elif not {"boolean": isinstance(value, bool), "integer": is_number(value, int), "timestamp": is_time(value)}.get(kind, False):
        yield f"{where}: {value!r} is no {kind}"


def answer_problems(operation_model, value, must, is_time):
    """Of an answer of the operation, which documents the members of `must` as always there."""
    shape = operation_model.output_shape
    if shape is None:
        return [f"the model has no output, this has {sorted(value)}"] if value else []
    missing = [f"{operation_model.name}: no {name}" for name in sorted(must) if name not in value]
    return missing + list(problems_of(shape, value, operation_model.name, is_time))
