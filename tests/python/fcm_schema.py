"""Are these bodies as Google's published schema wants them? One body in JSON for each line of the input.

The schema is the discovery document of FCM HTTP v1 that Google ships with google-api-python-client, taken strictly: nothing may stand
in a body that the document does not name. Prints each fault, and how many bodies are good.
"""

import importlib.resources
import json
import sys

import jsonschema_rs

documents = importlib.resources.files("googleapiclient.discovery_cache") / "documents"
schemas = json.loads((documents / "fcm.v1.json").read_text())["schemas"]


def strict(schema):
    """A schema of discovery as one of JSON Schema."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"]}
    made = {key: schema[key] for key in ("type", "enum") if key in schema and schema[key] != "any"}
    if schema.get("format") in ("int32", "uint32"):
        made["type"] = "integer"
    if schema.get("format") == "google-duration":
        made["pattern"] = r"^\d+(\.\d{1,9})?s$"
    if "items" in schema:
        made["items"] = strict(schema["items"])
    if "properties" in schema:
        made["properties"] = {name: strict(each) for name, each in schema["properties"].items()}
        # The wire takes the names of the fields as well as those in camel case.
        for name, each in list(made["properties"].items()):
            snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
            made["properties"][snake] = each
        made["additionalProperties"] = False
    elif "additionalProperties" in schema:
        made["additionalProperties"] = strict(schema["additionalProperties"])
    return made


root = {"$ref": "#/$defs/SendMessageRequest", "$defs": {name: strict(each) for name, each in schemas.items()}}
validator = jsonschema_rs.validator_for(root)
# That it refuses anything at all.
assert not validator.is_valid({"message": {"tokens": "x"}})
assert not validator.is_valid({"message": {"token": "x", "data": {"seq": 41}}})

good = 0
for line in sys.stdin:
    faults = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(json.loads(line))]
    print(*faults, sep="\n", end="\n" if faults else "")
    good += not faults
print(good, "good")
