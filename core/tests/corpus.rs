//! Recorded provider responses, where they are at hand: `../shared/corpus` beside the repository. Without that
//! folder the test says that it was skipped, and passes.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on, or did not run, says so"
)]

use bearlumen_core::call::{CallCost, cost_of, cost_of_stream};
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// 2026-11-20, so that the prices do not move with the calendar.
const AT_MS: i64 = 1_795_132_800_000;

/// Whose host it is. The first part that the host contains decides.
const HOSTS: [(&str, &str); 20] = [
    ("api.openai.com", "openai"),
    ("generativelanguage", "gemini"),
    ("api.anthropic.com", "anthropic"),
    ("bedrock", "bedrock"),
    ("aiplatform", "vertex"),
    ("groq", "groq"),
    ("mistral", "mistral"),
    ("openrouter", "openrouter"),
    ("cohere", "cohere"),
    ("azure", "azure"),
    ("deepseek", "deepseek"),
    ("cerebras", "cerebras"),
    ("11434", "ollama"),
    ("snowflake", "snowflake"),
    ("api.z.ai", "zai"),
    ("huggingface", "huggingface"),
    ("voyage", "voyage"),
    ("crusoe", "crusoe"),
    ("writer", "writer"),
    ("together", "together"),
];

fn lines() -> Option<Vec<Value>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    let texts = files.iter().map(|path| fs::read_to_string(path).unwrap());
    Some(
        texts
            .flat_map(|text| {
                text.lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect::<Vec<Value>>()
            })
            .collect(),
    )
}

fn answer(line: &Value, hinted: bool) -> Option<CallCost> {
    let url = line["host"]
        .as_str()
        .filter(|_| hinted)
        .map(|host| format!("https://{host}{}", line["path"].as_str().unwrap_or("")));
    let hints = Hints {
        url: url.as_deref(),
        ..Hints::default()
    };
    if line["body"].is_object() {
        let text = line["body"].to_string();
        let mut tape = parse_json(text.as_bytes()).ok()?;
        if let Some(headers) = line["headers"].as_object().filter(|_| hinted) {
            let headers = headers
                .iter()
                .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
            tape.add_headers(headers);
        }
        return cost_of(&tape, &hints, AT_MS).ok();
    }
    let mut fold = StreamFold::new();
    let mut text = StreamText::new();
    for field in ["sse", "raw"] {
        text.feed(line[field].as_str().unwrap_or("").as_bytes(), &mut fold);
    }
    if line["chunks"].is_array() {
        text.feed(line["chunks"].to_string().as_bytes(), &mut fold);
    }
    text.finish(&mut fold);
    cost_of_stream(&fold, &hints, AT_MS).ok()
}

/// AWS event frames that were stored as text lost bytes that are not UTF-8.
fn is_damaged(line: &Value) -> bool {
    line["sse"]
        .as_str()
        .is_some_and(|text| text.contains('\u{fffd}'))
}

#[test]
fn recorded_responses_are_read_and_add_up() {
    let Some(lines) = lines() else {
        eprintln!("skipped: no recorded responses in ../shared/corpus");
        return;
    };
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in lines.iter().filter(|line| !is_damaged(line)) {
        let id = &line["id"];
        let mut count = |what| *counts.entry(what).or_default() += 1;
        let (Some(bare), Some(hinted)) = (answer(line, false), answer(line, true)) else {
            wrong.push(format!("{id} is of no known format"));
            continue;
        };
        let host = line["host"].as_str().unwrap_or("");
        if let Some((_, provider)) = HOSTS.iter().find(|(part, _)| host.contains(part)) {
            count("with a known provider");
            if bare.provider == *provider {
                count("provider named by the body alone");
            } else if !bare
                .candidates
                .iter()
                .any(|candidate| candidate == *provider)
            {
                wrong.push(format!("{id}: {provider} is no candidate"));
            }
            // A router's path may name who serves behind it.
            let served_by = hinted.provider.strip_prefix(*provider);
            if !served_by.is_some_and(|rest| rest.is_empty() || rest.starts_with('_')) {
                wrong.push(format!("{id}: {} instead of {provider}", hinted.provider));
            }
        }
        if let Some(stated) = hinted.totals.stated_total_tokens {
            count("with a stated total");
            let reasons = ["total_mismatch", "outside_total", "counted_twice"];
            let warned = hinted.warnings.iter().any(|w| reasons.contains(&w.code));
            if stated == hinted.totals.total_tokens {
                count("whose parts add up to it");
            } else if !warned {
                wrong.push(format!("{id}: the total disagrees without a word"));
            }
        }
    }
    eprintln!("{counts:#?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let of = |what| f64::from(counts[what]);
    let named = of("provider named by the body alone") / of("with a known provider");
    assert!(
        named >= 0.95,
        "{named} of the providers named by the body alone"
    );
    // One gateway counts tokens that were read from the cache and written to it as both.
    assert!(of("with a stated total") - of("whose parts add up to it") <= 1.0);
}
