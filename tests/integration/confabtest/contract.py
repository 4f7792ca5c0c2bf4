# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract in data/api: what is in it, and whether a value is as it says."""

import datetime
import functools
import json
import re

import jsonschema
import yaml

from .paths import SOURCE

FOLDER = SOURCE / "data/api"
DOCUMENTS = {name: yaml.safe_load((FOLDER / name).read_text()) for name in ("openapi.yaml", "asyncapi.yaml")}
OPENAPI = DOCUMENTS["openapi.yaml"]
ASYNCAPI = DOCUMENTS["asyncapi.yaml"]
METHODS = ("get", "post", "put", "patch", "delete")
ERROR_CODES = set(OPENAPI["components"]["schemas"]["ErrorCode"]["enum"])
#: What our schemas may say. A word that is not here is a slip of the pen, which JSON Schema would ignore.
KEYWORDS = {
    "$ref", "type", "const", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "required",
    "properties", "additionalProperties", "items", "maxItems", "minItems", "uniqueItems", "oneOf", "allOf", "anyOf",
    "description", "default", "examples", "propertyNames", "maxProperties", "writeOnly",
}  # fmt: skip

formats = jsonschema.FormatChecker(())


@formats.checks("date-time", ValueError)
def is_aware_time(value):
    """RFC 3339; a time without an offset is none."""
    if not isinstance(value, str):
        return True
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


def resolve(node, document):
    """What a $ref leads to, and the document it is in."""
    while "$ref" in node:
        name, _, pointer = node["$ref"].partition("#/")
        document = DOCUMENTS[name] if name else document
        node = document
        for part in pointer.split("/"):
            node = node[part]
    return node, document


def subschemas(schema):
    """The schema and all that stand in it, references not followed."""
    yield schema
    for name in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(name), dict):
            yield from subschemas(schema[name])
    for name in ("oneOf", "allOf", "anyOf"):
        for part in schema.get(name, ()):
            yield from subschemas(part)
    for part in schema.get("properties", {}).values():
        yield from subschemas(part)


@functools.cache
def validator(text, name):
    """Made once for each schema, since a suite has thousands of answers."""
    schema = json.loads(text)
    for part in subschemas(schema):
        unknown = set(part) - KEYWORDS
        assert not unknown, f"a schema says {unknown}, which nobody here knows"
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver(name, DOCUMENTS[name], store=DOCUMENTS)
    return jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=formats)


def validate(value, schema, document=OPENAPI, where="$"):
    """Fails unless the value is what the schema says."""
    name = "openapi.yaml" if document is OPENAPI else "asyncapi.yaml"
    for error in validator(json.dumps(schema, sort_keys=True), name).iter_errors(value):
        place = "".join(f"[{part!r}]" for part in error.absolute_path)
        raise AssertionError(f"{where}{place}: {error.message}\nin {json.dumps(value)[:2000]}")


def operations():
    """(method, path, operation) of everything in the OpenAPI document."""
    for path, item in OPENAPI["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def parameters(path, operation):
    """The parameters of an operation, those of its path among them."""
    listed = [*OPENAPI["paths"][path].get("parameters", ()), *operation.get("parameters", ())]
    return [resolve(one, OPENAPI)[0] for one in listed]


def responses(operation):
    """status -> response, references followed; without those that any address may give."""
    return {status: resolve(response, OPENAPI)[0] for status, response in operation["responses"].items()}


def anywhere():
    """status -> response that any address may give, before or instead of an operation."""
    return {status: resolve(response, OPENAPI)[0] for status, response in OPENAPI["x-anywhere"].items()}


def codes(response):
    """The error codes that a response names, in backticks in its description."""
    return set(re.findall(r"`([a-z-]+)`", response["description"])) & ERROR_CODES


def contents(operation):
    """(where, schema, example) of every body that an operation documents."""
    if "requestBody" in operation:
        for kind, content in operation["requestBody"]["content"].items():
            yield f"request {kind}", content["schema"], content.get("example")
    for status, response in responses(operation).items():
        for kind, content in response.get("content", {}).items():
            if "schema" in content:
                yield f"{status} {kind}", content["schema"], content.get("example")


@functools.cache
def messages(direction):
    """name -> message of one direction of the AsyncAPI document: "publish" is from the client."""
    listed = ASYNCAPI["channels"]["/api/v1/signaling"][direction]["message"]["oneOf"]
    return {entry["$ref"].rsplit("/", 1)[1]: resolve(entry, ASYNCAPI)[0] for entry in listed}


def check_event(message):
    """Fails unless a message of the daemon's is one of those in the AsyncAPI document."""
    kind = message["type"]
    name = "relayed-signal" if kind == "signal" else kind
    known = messages("subscribe").get(name)
    assert known is not None, f"no message “{kind}” is in the contract"
    validate(message, known["payload"], ASYNCAPI, name)
    return name
