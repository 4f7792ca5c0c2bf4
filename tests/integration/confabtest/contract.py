# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract in data/api, and as much of JSON Schema as it uses."""

import datetime
import re

import yaml

from .paths import SOURCE

FOLDER = SOURCE / "data/api"
DOCUMENTS = {name: yaml.safe_load((FOLDER / name).read_text()) for name in ("openapi.yaml", "asyncapi.yaml")}
OPENAPI = DOCUMENTS["openapi.yaml"]
ASYNCAPI = DOCUMENTS["asyncapi.yaml"]
METHODS = ("get", "post", "put", "patch", "delete")
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
KEYWORDS = {
    "$ref", "type", "const", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "required", "properties", "additionalProperties", "items", "maxItems", "description",
}  # fmt: skip


def resolve(node, document):
    """What a $ref leads to, and the document it is in."""
    while "$ref" in node:
        name, _, pointer = node["$ref"].partition("#/")
        document = DOCUMENTS[name] if name else document
        node = document
        for part in pointer.split("/"):
            node = node[part]
    return node, document


def validate(value, schema, document=OPENAPI, where="$"):
    """Fails unless the value is what the schema says; fails too for a schema with a word that is not known here."""
    schema, document = resolve(schema, document)
    unknown = set(schema) - KEYWORDS
    assert not unknown, f"{where}: the schema says {unknown}, nobody checks that"
    if "type" in schema:
        assert isinstance(value, TYPES[schema["type"]]), f"{where}: {value!r} is no {schema['type']}"
        assert not (schema["type"] in ("integer", "number") and isinstance(value, bool)), f"{where}: {value!r}"
    if "const" in schema:
        assert value == schema["const"], f"{where}: {value!r}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str):
        validate_string(value, schema, where)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), f"{where}: {value}"
    elif isinstance(value, list):
        assert len(value) <= schema.get("maxItems", len(value)), where
        for index, item in enumerate(value):
            validate(item, schema.get("items", {}), document, f"{where}[{index}]")
    elif isinstance(value, dict):
        validate_object(value, schema, document, where)


def validate_string(value, schema, where):
    assert schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)), f"{where}: {value!r}"
    if "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{where}: {value!r} is not like {schema['pattern']}"
    if schema.get("format") == "date-time":
        assert datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo, f"{where}: {value!r}"


def validate_object(value, schema, document, where):
    properties = schema.get("properties", {})
    missing = set(schema.get("required", ())) - set(value)
    assert not missing, f"{where}: {missing} is missing"
    for name, item in value.items():
        if name in properties:
            validate(item, properties[name], document, f"{where}.{name}")
        else:
            other = schema.get("additionalProperties", True)
            assert other is not False, f"{where}: {name} is not in the contract"
            validate(item, {} if other is True else other, document, f"{where}.{name}")


def operations():
    """(method, path, operation) of everything in the OpenAPI document."""
    for path, item in OPENAPI["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def contents(operation):
    """(where, schema, example) of every body that an operation documents."""
    if "requestBody" in operation:
        for kind, content in operation["requestBody"]["content"].items():
            yield f"request {kind}", content["schema"], content.get("example")
    for status, response in operation["responses"].items():
        response, _ = resolve(response, OPENAPI)
        for kind, content in response.get("content", {}).items():
            if "schema" in content:
                yield f"{status} {kind}", content["schema"], content.get("example")


def validate_reply(operation, reply):
    """Fails unless a real answer is one of those that the operation documents."""
    response = operation["responses"].get(str(reply.status))
    assert response is not None, f"{operation['operationId']} answers {reply.status}: {reply.body}"
    response, _ = resolve(response, OPENAPI)
    content = response.get("content", {})
    if not content:
        return
    kind = reply.headers["Content-Type"].split(";")[0]
    assert kind in content, f"{operation['operationId']} answers {kind}"
    if "schema" in content[kind]:
        validate(reply.json, content[kind]["schema"])
    for name, header in response.get("headers", {}).items():
        validate(reply.headers[name], header["schema"])


def messages(direction):
    """name -> message of one direction of the AsyncAPI document: "publish" is from the client."""
    listed = ASYNCAPI["channels"]["/api/v1/signaling"][direction]["message"]["oneOf"]
    return {entry["$ref"].rsplit("/", 1)[1]: resolve(entry, ASYNCAPI)[0] for entry in listed}
