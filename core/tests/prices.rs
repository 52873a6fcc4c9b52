//! Prices: the vectors of `tests/vectors/prices`, and what must hold of any price.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

use bearlumen_core::bucket::Bucket;
use bearlumen_core::pricing::{
    Basis, Cost, PriceRequest, TenantPrices, explain_price, find_model, models, price, price_by,
    providers,
};
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::{self, Moment};
use bearlumen_core::usage::Usage;
use price_file::PriceFile;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

#[expect(dead_code, reason = "the build uses the rest")]
#[path = "../build/price_file.rs"]
mod price_file;

fn instant(text: &str) -> i64 {
    match timestamp::parse(text) {
        Some(Moment::Instant(ms)) => ms,
        _ => panic!("{text} is no instant"),
    }
}

fn usage_of(value: &Value) -> Usage {
    let mut usage = Usage::default();
    for (bucket, quantity) in value.as_object().unwrap() {
        usage.add(
            Bucket::named(bucket),
            Quantity::from_text(&quantity.to_string()).unwrap(),
        );
    }
    usage
}

fn answer(input: &Value) -> Value {
    let usage = usage_of(&input["usage"]);
    let none = serde_json::Map::new();
    let modifiers = input["modifiers"].as_object().unwrap_or(&none);
    let modifiers: Vec<(&str, &str)> = modifiers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str().unwrap()))
        .collect();
    let request = PriceRequest {
        usage: &usage,
        provider: input["provider"].as_str().unwrap(),
        model: input["model"].as_str().unwrap(),
        modifiers: &modifiers,
        at_ms: instant(input["at"].as_str().unwrap()),
    };
    let cost = match &input["ownPrices"] {
        Value::Null => price(&request),
        own => price_by(
            &request,
            &TenantPrices::from_json(&own.to_string()).unwrap(),
        ),
    };
    let mut answer = serde_json::to_value(&cost).unwrap();
    let fields = answer.as_object_mut().unwrap();
    fields.remove("amount");
    fields.remove("currency");
    fields.insert(
        "warnings".into(),
        cost.warnings.iter().map(|warning| warning.code).collect(),
    );
    answer
}

#[test]
fn calls_cost_what_the_vectors_say() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/prices");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let vector: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (mut answer, mut expected) = (answer(&vector["input"]), vector["expect"].clone());
        for lines in [&mut answer["lines"], &mut expected["lines"]] {
            lines
                .as_array_mut()
                .unwrap()
                .sort_by_key(|line| line["bucket"].to_string());
        }
        if answer != expected {
            wrong.push(format!(
                "{}\n  expected {expected}\n  got      {answer}",
                path.display()
            ));
        }
        count += 1;
    }
    assert!(count > 50);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_price_can_be_explained_by_its_name() {
    for id in [
        "openai/o3",
        "openai/o3@2025-06-10",
        "openai/gpt-5.6-sol@2026-10-12?service_tier=flex",
        "ollama/*",
    ] {
        let (model, card) = explain_price(id).unwrap_or_else(|| panic!("{id}"));
        assert!(id.starts_with(&format!("{}/{}", model.provider, model.id)));
        assert!(!card.sources().is_empty());
        assert_eq!(card.checked().len(), 10);
    }
    assert!(explain_price("openai/o3@1999-01-01").is_none());
    assert!(explain_price("").is_none());
}

#[test]
fn the_catalogue_is_as_wide_as_it_should_be() {
    assert!(providers().flat_map(models).count() >= 2_300);
    assert!(providers().count() >= 45);
}

/// Everything that a card may depend on.
/// Every name of every model: who sells it, the model's id, the name.
static NAMES: LazyLock<Vec<(String, String, String)>> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("catalog/prices");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let file: PriceFile = toml::from_str(&text).unwrap();
        for model in file.model {
            for name in model.aliases.iter().chain([&model.id]) {
                names.push((file.provider.clone(), model.id.clone(), name.clone()));
            }
        }
    }
    assert!(names.len() > 4_000);
    names
});

/// A slip of the hand, or a later version of the same name.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Drop,
    Double,
    Put(char),
    Insert(char),
    Append(&'static str),
    Prepend(&'static str),
}

const EDITS: [Edit; 20] = [
    Edit::Drop,
    Edit::Double,
    Edit::Put('1'),
    Edit::Put('5'),
    Edit::Put('-'),
    Edit::Put('x'),
    Edit::Insert('.'),
    Edit::Insert('-'),
    Edit::Insert('2'),
    Edit::Insert(':'),
    Edit::Append("-mini"),
    Edit::Append("-pro"),
    Edit::Append("-preview"),
    Edit::Append(":free"),
    Edit::Append("-2026-01-01"),
    Edit::Append("-12345678"),
    Edit::Append("-v2"),
    Edit::Prepend("us."),
    Edit::Prepend("models/"),
    Edit::Prepend("some-org/"),
];

impl Edit {
    fn on(self, name: &str, at: Index) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let at = at
            .index(letters.len().max(1))
            .min(letters.len().saturating_sub(1));
        match self {
            Self::Append(text) => return format!("{name}{text}"),
            Self::Prepend(text) => return format!("{text}{name}"),
            _ if letters.is_empty() => {}
            Self::Drop => {
                letters.remove(at);
            }
            Self::Double => letters.insert(at, letters[at]),
            Self::Put(letter) => letters[at] = letter,
            Self::Insert(letter) => letters.insert(at, letter),
        }
        letters.into_iter().collect()
    }
}

/// Whether `name` is `known` with nothing around it but what `docs/catalogue.md` lists: a prefix that ends where names
/// end, the date of a snapshot, the number of a stable version, the owner of a fine-tuned model, a free variant.
fn is_decorated(name: &str, known: &str) -> bool {
    let (name, known) = (name.trim().to_lowercase(), known.to_lowercase());
    let mut rest = Some(name.as_str());
    while let Some(name) = rest {
        if is_plainly_decorated(name, &known) {
            return true;
        }
        let mut variants = [":free", "-001", "-002"].iter();
        rest = variants.find_map(|variant| name.strip_suffix(variant));
    }
    false
}

fn is_plainly_decorated(name: &str, known: &str) -> bool {
    name.match_indices(known).any(|(start, _)| {
        let before = &name[..start];
        let after = &name[start + known.len()..];
        // A fine-tuned model's name goes on with its owner.
        let after = match after.find(':') {
            Some(end) if known.starts_with("ft:") => &after[..end],
            _ => after,
        };
        let digits = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text
                    .chars()
                    .zip(shape.chars())
                    .all(|(letter, like)| match like {
                        '0' => letter.is_ascii_digit(),
                        _ => letter == like,
                    })
        };
        let is_dated = after.is_empty()
            || after == "-latest"
            || after == "@default"
            || digits(after, "-0000-00-00")
            || digits(after, "-00000000")
            || digits(after, "@00000000");
        is_dated && (before.is_empty() || before.ends_with(['/', '.', ':']))
    })
}

fn modifiers() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    proptest::collection::vec(
        select(vec![
            ("service_tier", "flex"),
            ("service_tier", "priority"),
            ("service_tier", "default"),
            ("processing", "batch"),
            ("speed", "fast"),
            ("inference_geo", "us"),
            ("region", "eu-west-2"),
            ("data_zone", "eu"),
            ("quality", "high"),
        ]),
        0..3,
    )
}

const BUCKETS: [&str; 12] = [
    "input",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "input_audio",
    "output",
    "output_reasoning",
    "output_image",
    "web_search",
    "characters",
    "audio_seconds",
    "images",
];

/// A model, what is used of it, when and under which modifiers.
#[derive(Debug, Clone)]
struct Call {
    provider: &'static str,
    model: &'static str,
    quantities: Vec<(&'static str, u64)>,
    modifiers: Vec<(&'static str, &'static str)>,
    at_ms: i64,
}

fn calls() -> impl Strategy<Value = Call> {
    let all: Vec<&'static str> = providers().collect();
    let quantities = proptest::collection::vec((select(BUCKETS.to_vec()), 1_u64..400_000), 1..6);
    // 2025-06-01 to 2027-06-01
    (
        select(all),
        any::<Index>(),
        quantities,
        modifiers(),
        1_748_736_000_000_i64..1_811_808_000_000,
    )
        .prop_map(|(provider, at, quantities, modifiers, at_ms)| {
            let ids: Vec<&'static str> = models(provider).map(|model| model.id).collect();
            Call {
                provider,
                model: ids[at.index(ids.len())],
                quantities,
                modifiers,
                at_ms,
            }
        })
}

fn cost(call: &Call) -> Cost {
    let mut usage = Usage::default();
    for (bucket, quantity) in &call.quantities {
        usage.add(Bucket::named(bucket), Quantity::whole(*quantity).unwrap());
    }
    let Call {
        provider,
        model,
        modifiers,
        at_ms,
        ..
    } = call;
    price(&PriceRequest {
        usage: &usage,
        provider,
        model,
        modifiers,
        at_ms: *at_ms,
    })
}

proptest! {
    #[test]
    fn lines_add_up_and_bounds_hold(call in calls()) {
        let cost = cost(&call);
        match cost.amount {
            None => prop_assert_eq!(cost.basis, Basis::Unpriced),
            Some(amount) => {
                prop_assert_eq!(cost.lines.iter().map(|line| line.amount_nanos).sum::<i64>(), amount.get());
                prop_assert!(cost.lines.iter().all(|line| line.amount_nanos >= 0));
                prop_assert!(cost.low.is_none_or(|low| low <= amount));
                prop_assert!(cost.high.is_none_or(|high| high >= amount));
                prop_assert_eq!(cost.basis == Basis::Exact, cost.warnings.is_empty());
            }
        }
    }

    #[test]
    fn more_of_anything_never_costs_less(call in calls(), at in any::<Index>(), more in 1_u64..400_000) {
        let before = cost(&call);
        let mut larger = call.clone();
        let at = at.index(larger.quantities.len());
        larger.quantities[at].1 += more;
        if let (Some(before), Some(after)) = (before.amount, cost(&larger).amount) {
            prop_assert!(after >= before, "{before} then {after}");
        }
    }

    #[test]
    fn the_order_of_buckets_and_modifiers_does_not_matter(call in calls()) {
        let mut turned = call.clone();
        turned.quantities.reverse();
        prop_assert_eq!(cost(&call), cost(&turned));
        turned.modifiers.reverse();
        prop_assert_eq!(cost(&call).amount, cost(&turned).amount);
    }

    #[test]
    fn a_later_card_never_moves_an_earlier_cost(call in calls()) {
        // What a cost is computed from has begun when the call was made.
        if let Some(id) = cost(&call).price_id {
            let (_, card) = explain_price(&id.to_string()).unwrap();
            prop_assert!(card.from_ms().is_none_or(|from| from <= call.at_ms), "{id}");
        }
    }

    #[test]
    fn an_edited_name_is_another_model_or_none(
        at in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), select(&EDITS[..])), 1..3),
    ) {
        let (provider, _, name) = &NAMES[at.index(NAMES.len())];
        let edited = edits.into_iter().fold(name.clone(), |name, (at, edit)| edit.on(&name, at));
        let Some(found) = find_model(provider, &edited) else { return Ok(()) };
        let id = found.model.id;
        prop_assume!(found.kind.as_str() != "every_model");
        let names = NAMES.iter().filter(|(seller, model, _)| seller == provider && model == id);
        let mut names = names.map(|(_, _, name)| name.as_str());
        prop_assert!(
            names.any(|known| is_decorated(&edited, known)),
            "{provider}: {edited:?} (from {name:?}) was taken for {id:?}"
        );
    }

    #[test]
    fn any_name_is_a_model_or_none(name in "\\PC{0,40}", provider in select(providers().collect::<Vec<_>>())) {
        let found = find_model(provider, &name);
        prop_assert!(found.is_none_or(|found| !found.model.id.is_empty()));
    }
}

#[test]
fn own_prices_read_numbers_and_text_alike() {
    let text = json!({"rates": [{"usd": {"input": "2.50"}}]}).to_string();
    let number = json!({"rates": [{"usd": {"input": 2.5}}]}).to_string();
    assert_eq!(
        TenantPrices::from_json(&text),
        TenantPrices::from_json(&number)
    );
}
