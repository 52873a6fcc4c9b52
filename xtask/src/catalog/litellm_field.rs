//! What each of litellm's some hundred and forty cost fields is a price of.

use super::decimal;
use serde_json::Value;

/// Where a number belongs.
pub(super) struct Place {
    pub(super) bucket: &'static str,
    pub(super) when: Vec<(String, String)>,
    pub(super) tier: Option<(u64, bool)>,
}

impl Place {
    fn plain(bucket: &'static str) -> Self {
        Self {
            bucket,
            when: Vec::new(),
            tier: None,
        }
    }

    fn when(bucket: &'static str, modifier: &str, value: &str) -> Self {
        Self {
            bucket,
            when: vec![(modifier.to_owned(), value.to_owned())],
            tier: None,
        }
    }
}

/// Fields per token, whatever their endings.
const TOKENS: [(&str, &str); 18] = [
    ("input_cost_per_token", "input"),
    ("output_cost_per_token", "output"),
    ("cache_read_input_token_cost", "cache_read"),
    (
        "cache_creation_input_token_cost_above_1hr",
        "cache_write_1h",
    ),
    (
        "cache_creation_input_token_cost_above_12hr",
        "cache_write_12h",
    ),
    ("cache_creation_input_token_cost", "cache_write"),
    ("input_cost_per_token_cache_hit", "cache_read"),
    ("input_cost_per_audio_token", "input_audio"),
    ("input_cost_per_image_token", "input_image"),
    ("input_cost_per_video_token", "input_video"),
    ("cache_read_input_audio_token_cost", "cache_read_audio"),
    ("cache_read_input_image_token_cost", "cache_read_image"),
    ("output_cost_per_audio_token", "output_audio"),
    ("output_cost_per_image_token", "output_image"),
    ("output_cost_per_video_token", "output_video"),
    ("output_cost_per_reasoning_token", "output_reasoning"),
    ("citation_cost_per_token", "output_citation"),
    ("ocr_cost_per_page", "pages"),
];

/// Endings that are another price, not another thing.
const TIERS_OF_SERVICE: [(&str, &str, &str); 5] = [
    ("_batches", "processing", "batch"),
    ("_flex", "service_tier", "flex"),
    ("_priority", "service_tier", "priority"),
    ("_balanced", "service_tier", "balanced"),
    ("_ultrafast", "service_tier", "ultrafast"),
];

/// Every price in a field, with the text of its number. A field that is none gives nothing.
pub(super) fn place(
    field: &str,
    value: &Value,
    mode: &str,
    size: Option<&str>,
) -> Vec<(Place, String)> {
    match value {
        Value::String(text) => one(field, text, mode, size).into_iter().collect(),
        Value::Object(map) if field == "search_context_cost_per_query" => searches(map),
        Value::Object(map) if field == "guardrail_cost_per_unit" => map
            .iter()
            .filter_map(|(policy, usd)| {
                let policy = policy.trim_end_matches("Units").to_lowercase();
                Some((
                    Place::when("guardrail_units", "policy", &policy),
                    usd.as_str()?.to_owned(),
                ))
            })
            .collect(),
        Value::Array(ranges) if field == "tiered_pricing" => ranges
            .iter()
            .flat_map(|range| of_range(range, mode))
            .collect(),
        _ => Vec::new(),
    }
}

fn one(field: &str, text: &str, mode: &str, size: Option<&str>) -> Option<(Place, String)> {
    if let Some(place) = per_token(field)
        .or_else(|| per_call(field, mode))
        .or_else(|| per_second(field, mode))
    {
        return Some((place, text.to_owned()));
    }
    let place = match field {
        "input_cost_per_pixel" if mode == "image_generation" || mode == "image_edit" => {
            return pixels(text, size);
        }
        "input_cost_per_pixel" => Place::plain("pixels"),
        "output_cost_per_pixel" => return pixels(text, size),
        "input_cost_per_character" => Place::plain("characters"),
        "input_cost_per_image" => Place::plain("input_images"),
        "output_cost_per_image" => Place::plain("images"),
        "ocr_cost_per_credit" => Place::plain("credits"),
        "annotation_cost_per_page" => Place::plain("annotated_pages"),
        "annotation_cost_per_page_batches" => Place::when("annotated_pages", "processing", "batch"),
        _ => {
            let resolution = field.strip_prefix("output_cost_per_image_")?;
            resolution
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| Place::when("images", "resolution", &resolution.to_lowercase()))?
        }
    };
    Some((place, text.to_owned()))
}

/// A price by the pixel of an image of known size is one by the image, to a millionth of a dollar as vendors state it.
fn pixels(text: &str, size: Option<&str>) -> Option<(Place, String)> {
    let Some((width, height)) = size.and_then(|size| size.split_once('x')) else {
        return Some((Place::plain("output_pixels"), text.to_owned()));
    };
    let area = width.parse::<u64>().ok()? * height.parse::<u64>().ok()?;
    let usd = decimal::times(text, area)?;
    let (whole, fraction) = usd.split_once('.').unwrap_or((&usd, ""));
    let millionths: u64 = format!("{whole}{fraction:0<7.7}").parse().ok()?;
    Some((
        Place::plain("images"),
        format!("{}e-6", (millionths + 5) / 10),
    ))
}

fn per_token(field: &str) -> Option<Place> {
    let mut rest = field.to_owned();
    let mut when = Vec::new();
    for (ending, modifier, value) in TIERS_OF_SERVICE {
        if let Some(front) = rest.strip_suffix(ending) {
            when.push((modifier.to_owned(), value.to_owned()));
            rest = front.to_owned();
        }
    }
    let mut tier = None;
    if let Some((front, after)) = rest.split_once("_above_")
        && let Some((front, threshold)) = match after.split_once("k_tokens") {
            Some((number, "")) => number.rsplit_once("hr_above_").map_or_else(
                || Some((front.to_owned(), number.to_owned())),
                |(hours, number)| Some((format!("{front}_above_{hours}hr"), number.to_owned())),
            ),
            _ => None,
        }
    {
        tier = Some((threshold.parse::<u64>().ok()? * 1_000, false));
        rest = front;
    }
    let (_, bucket) = TOKENS.iter().find(|(theirs, _)| *theirs == rest)?;
    Some(Place { bucket, when, tier })
}

fn per_call(field: &str, mode: &str) -> Option<Place> {
    let bucket = match field {
        "input_cost_per_query" => match mode {
            "rerank" => "rerank_search",
            "search" => "web_search",
            _ => "request",
        },
        "input_cost_per_request" => "request",
        "input_cost_per_text_message" => "text_message",
        "google_maps_grounding_cost_per_query" => "maps_search",
        "code_interpreter_cost_per_session" => "code_session",
        _ => return None,
    };
    Some(Place::plain(bucket))
}

fn per_second(field: &str, mode: &str) -> Option<Place> {
    let produced = match mode {
        "video_generation" => "video_seconds",
        "audio_speech" => "output_audio_seconds",
        "audio_transcription" | "realtime" => "audio_seconds",
        _ => "seconds",
    };
    let heard = match mode {
        "video_generation" => "input_video_seconds",
        "audio_transcription" | "realtime" | "audio_speech" => "audio_seconds",
        _ => "seconds",
    };
    let place = match field {
        "output_cost_per_second" => Place::plain(produced),
        "input_cost_per_second" => Place::plain(heard),
        "output_cost_per_video_per_second" => Place::plain("video_seconds"),
        "input_cost_per_video_per_second" => Place::plain("input_video_seconds"),
        "input_cost_per_audio_per_second" => Place::plain("audio_seconds"),
        _ => Place::when(
            produced,
            "resolution",
            field.strip_prefix("output_cost_per_second_")?,
        ),
    };
    Some(place)
}

/// One price for every size of search, or the middle one and the others by size.
fn searches(map: &serde_json::Map<String, Value>) -> Vec<(Place, String)> {
    let of = |size: &str| {
        map.get(&format!("search_context_size_{size}"))
            .and_then(Value::as_str)
    };
    let Some(middle) = of("medium").or_else(|| of("low")) else {
        return Vec::new();
    };
    let mut found = vec![(Place::plain("web_search"), middle.to_owned())];
    for size in ["low", "high"] {
        if let Some(usd) = of(size).filter(|usd| *usd != middle) {
            found.push((
                Place::when("web_search", "search_context_size", size),
                usd.to_owned(),
            ));
        }
    }
    found
}

/// A range of prompt lengths: the first is the plain price.
fn of_range(range: &Value, mode: &str) -> Vec<(Place, String)> {
    let Some(start) = range
        .get("range")
        .and_then(|range| range.get(0))
        .and_then(Value::as_str)
    else {
        return Vec::new();
    };
    let Some(start) = decimal::times(start, 1).and_then(|start| start.parse::<u64>().ok()) else {
        return Vec::new();
    };
    let Some(fields) = range.as_object() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (field, value) in fields {
        if let (Some(text), true) = (value.as_str(), field != "range")
            && let Some((mut place, text)) = one(field, text, mode, None)
        {
            place.tier = (start > 0).then_some((start, false));
            found.push((place, text));
        }
    }
    found
}
