"""Writes what the installed price catalogues state as JSON, numbers as decimal text. Facts only: no prose."""

import importlib.metadata
import json
import pathlib
import sys
import tomllib

import genai_prices.data
from genai_prices import types


def text(number):
    return str(number) if isinstance(number, int) else repr(number) if isinstance(number, float) else format(number, "f")


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return text(value)


def names(clause, kind="equals"):
    """Every literal of a match rule with how it is compared."""
    for branches in ("or_", "and_"):
        for item in getattr(clause, branches, None) or []:
            yield from names(item)
    for kind in ("equals", "starts_with", "ends_with", "contains"):
        literal = getattr(clause, kind, None)
        if literal is not None:
            yield [kind, literal]


def rates(prices):
    found = {}
    for key, value in vars(prices).items():
        if value is None or key.startswith("_"):
            continue
        if isinstance(value, types.TieredPrices):
            tiers = [[tier.start, text(tier.price)] for tier in value.tiers]
            found[key] = {"base": text(value.base), "tiers": tiers}
        else:
            found[key] = {"base": text(value), "tiers": []}
    return found


def card(prices, constraint, when):
    start = getattr(constraint, "start_date", None)
    hours = None
    if isinstance(constraint, types.TimeOfDateConstraint):
        hours = f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M}"
    return {"from": start and start.isoformat(), "during": hours, "when": when, "usd": rates(prices)}


def genai_model(model):
    prices = model.prices if isinstance(model.prices, list) else [types.ConditionalPrice(prices=model.prices)]
    cards = [card(price.prices, price.constraint, {}) for price in prices]
    cards += [card(variant.prices, variant.constraint, variant.when) for variant in model.price_variants or []]
    return {"id": model.id, "names": list(names(model.match)), "cards": cards}


def matched(providers, name):
    """The genai-prices model that a litellm name means, and whether by a literal comparison."""
    for provider in providers:
        model = provider.find_model(name)
        if model is not None:
            literal = any(kind == "equals" and known.lower() == name.lower() for kind, known in names(model.match))
            return {"model": model.id, "literal": literal}
    return None


def litellm_like(entries, sources, genai):
    by_id = {provider.id: provider for provider in genai}
    ours = {}
    for theirs, mine in sources["genai"].items():
        for one in mine if isinstance(mine, list) else [mine]:
            ours.setdefault(one, []).append(by_id[theirs])
    for key, fields in entries.items():
        source = sources["litellm"].get(fields.get("litellm_provider"))
        if source is None:
            continue
        name = key
        for prefix in source.get("strip", []):
            name = name.removeprefix(prefix)
        yield {
            "key": key,
            "provider": source["id"],
            "name": name,
            "mode": fields.get("mode"),
            "fields": plain(fields),
            "genai": matched(ours.get(source["id"], []), name),
        }


def packaged_json(distribution, suffix):
    files = importlib.metadata.files(distribution) or []
    paths = [pathlib.Path(file.locate()) for file in files if str(file).endswith(suffix)]
    return json.loads(min(paths, key=lambda path: len(str(path))).read_text())


def main():
    sources = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    genai = genai_prices.data.providers
    known = set(sources["genai"])
    litellm = packaged_json("litellm", "model_prices_and_context_window_backup.json")
    tokencost = packaged_json("tokencost", "model_prices.json")
    result = {
        "versions": {name: importlib.metadata.version(name) for name in ("genai-prices", "litellm", "tokencost")},
        "genai": [
            {
                "id": provider.id,
                "page": (provider.pricing_urls or [""])[0],
                "models": [genai_model(model) for model in provider.models],
            }
            for provider in genai
            if provider.id in known
        ],
        "unmapped": sorted({provider.id for provider in genai} - known),
        "litellm": list(litellm_like(litellm, sources, genai)),
        "tokencost": list(litellm_like(tokencost, sources, genai)),
    }
    json.dump(result, sys.stdout)


main()
