//! An organisation's own prices: negotiated rates, and discounts on the catalogue's.
//!
//! ```json
//! {"rates": [{"provider": "openai", "model": "gpt-4o", "from": "2026-01-01", "usd": {"input": "2", "output": "8"}}],
//!  "discounts": [{"provider": "anthropic", "model": "claude-*", "from": "2026-03-01", "times": "0.85"}]}
//! ```
//!
//! `usd` is per as many units as the catalogue's (`catalog/buckets.toml`); a bucket outside the registry is per one.
//! `model` and `provider` may end in `*` and mean everything when absent. Of several entries that hold, the one with
//! the longest model, then the longest provider, then the most conditions, then the latest day decides; they do not
//! add up. A discount is not taken off an own rate.

use crate::bucket::Bucket;
use crate::decimal;
use crate::money::{Rate, Times};
use crate::timestamp::{self, DAY_MS, Moment};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// An organisation's own prices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantPrices {
    rates: Vec<OwnRates>,
    discounts: Vec<Discount>,
}

/// Whom an entry concerns and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    provider: Pattern,
    model: Pattern,
    from_ms: Option<i64>,
    /// The first instant after.
    until_ms: Option<i64>,
    when: Vec<(String, String)>,
}

/// Negotiated rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnRates {
    scope: Scope,
    usd: Vec<(Bucket, Rate)>,
}

/// A factor on the catalogue's rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Discount {
    scope: Scope,
    pub(crate) times: Times,
    pub(crate) text: Box<str>,
}

/// Why a text is not an organisation's prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPricesError {
    /// Where, such as `rates[2].usd.input`.
    pub field: String,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for TenantPricesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: expected {}", self.field, self.expected)
    }
}

impl std::error::Error for TenantPricesError {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    start: String,
    open: bool,
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        let front = if self.open {
            text.get(..self.start.len())
        } else {
            Some(text)
        };
        front.is_some_and(|front| front.eq_ignore_ascii_case(&self.start))
    }
}

/// What is asked for: one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) provider: &'a str,
    /// The name in the response and the catalogue's.
    pub(crate) models: [&'a str; 2],
    pub(crate) modifiers: &'a [(&'a str, &'a str)],
    pub(crate) at_ms: i64,
}

impl Scope {
    fn holds(&self, asked: &Asked<'_>) -> bool {
        self.provider.matches(asked.provider)
            && asked.models.iter().any(|model| self.model.matches(model))
            && self.from_ms.is_none_or(|from| from <= asked.at_ms)
            && self.until_ms.is_none_or(|until| asked.at_ms < until)
            && self.when.iter().all(|(name, value)| {
                asked
                    .modifiers
                    .iter()
                    .any(|(n, v)| n == name && v.eq_ignore_ascii_case(value))
            })
    }

    fn rank(&self) -> (bool, usize, bool, usize, usize, Option<i64>) {
        let rank = |pattern: &Pattern| (!pattern.open, pattern.start.len());
        let (model, provider) = (rank(&self.model), rank(&self.provider));
        (
            model.0,
            model.1,
            provider.0,
            provider.1,
            self.when.len(),
            self.from_ms,
        )
    }
}

impl TenantPrices {
    pub(crate) fn rates(&self, asked: &Asked<'_>) -> Option<&OwnRates> {
        self.rates
            .iter()
            .filter(|own| own.scope.holds(asked))
            .max_by_key(|own| own.scope.rank())
    }

    pub(crate) fn discount(&self, asked: &Asked<'_>) -> Option<&Discount> {
        self.discounts
            .iter()
            .filter(|discount| discount.scope.holds(asked))
            .max_by_key(|d| d.scope.rank())
    }

    /// True when nothing is the organisation's own.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty() && self.discounts.is_empty()
    }

    /// Reads the JSON form. Strict: an unknown field is an error, as is a number that would have to be rounded.
    pub fn from_json(text: &str) -> Result<Self, TenantPricesError> {
        let mut prices = Self::default();
        for (name, value) in object(text, "prices", "an object with rates and discounts")? {
            match name.as_str() {
                "rates" => prices.rates = list(value, "rates", own_rates)?,
                "discounts" => prices.discounts = list(value, "discounts", discount)?,
                _ => return Err(wrong(&name, "rates or discounts")),
            }
        }
        Ok(prices)
    }
}

impl OwnRates {
    pub(crate) fn find(&self, bucket: &Bucket) -> Option<Rate> {
        self.usd
            .iter()
            .find(|(own, _)| own == bucket)
            .map(|(_, rate)| *rate)
    }

    /// Whether a modifier is one of those the rates were agreed for.
    pub(crate) fn answers(&self, modifier: &str) -> bool {
        self.scope.when.iter().any(|(name, _)| name == modifier)
    }

    /// `own/openai/gpt-4o@2026-01-01`.
    pub(crate) fn id(&self) -> Box<str> {
        let star =
            |pattern: &Pattern| format!("{}{}", pattern.start, if pattern.open { "*" } else { "" });
        let since = self.scope.from_ms.map_or_else(String::new, |ms| {
            let text = timestamp::format_ms(ms);
            format!("@{}", text.get(..10).unwrap_or_default())
        });
        format!(
            "own/{}/{}{since}",
            star(&self.scope.provider),
            star(&self.scope.model)
        )
        .into()
    }
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;

fn wrong(field: &str, expected: &'static str) -> TenantPricesError {
    TenantPricesError {
        field: field.to_owned(),
        expected,
    }
}

fn object<'a>(
    text: &'a str,
    field: &str,
    expected: &'static str,
) -> Result<Fields<'a>, TenantPricesError> {
    serde_json::from_str(text).map_err(|_| wrong(field, expected))
}

fn list<T>(
    value: &RawValue,
    field: &str,
    read: fn(Fields<'_>, &str) -> Result<T, TenantPricesError>,
) -> Result<Vec<T>, TenantPricesError> {
    let items: Vec<&RawValue> =
        serde_json::from_str(value.get()).map_err(|_| wrong(field, "a list"))?;
    let entry = |(index, item): (usize, &&RawValue)| {
        let field = format!("{field}[{index}]");
        read(object(item.get(), &field, "an object")?, &field)
    };
    items.iter().enumerate().map(entry).collect()
}

fn own_rates(mut fields: Fields<'_>, field: &str) -> Result<OwnRates, TenantPricesError> {
    let place = format!("{field}.usd");
    let usd = fields
        .remove("usd")
        .ok_or_else(|| wrong(&place, "rates by bucket"))?;
    let usd = object(usd.get(), &place, "rates by bucket")?;
    if usd.is_empty() {
        return Err(wrong(&place, "at least one rate"));
    }
    let rate = |(name, value): (String, &RawValue)| {
        let bucket = Bucket::named(&name);
        let place = format!("{place}.{name}");
        let (mantissa, decimals) = exact(value, &place)?;
        let pico = mantissa
            .checked_mul(10_u64.pow(12 - decimals))
            .ok_or_else(|| wrong(&place, "fewer dollars"))?;
        let per = bucket.per();
        Ok((bucket, Rate::of(pico, per)))
    };
    let usd = usd.into_iter().map(rate).collect::<Result<_, _>>()?;
    Ok(OwnRates {
        scope: scope(fields, field)?,
        usd,
    })
}

fn discount(mut fields: Fields<'_>, field: &str) -> Result<Discount, TenantPricesError> {
    let place = format!("{field}.times");
    let value = fields
        .remove("times")
        .ok_or_else(|| wrong(&place, "a factor such as \"0.85\""))?;
    let (numerator, decimals) = exact(value, &place)?;
    if decimals > 6 || numerator > 1_000_000_000 {
        return Err(wrong(&place, "a factor of at most 6 decimals"));
    }
    let times = Times {
        numerator,
        denominator: 10_u64.pow(decimals),
    };
    let text = format!("discount x{}", value.get().trim_matches('"')).into();
    Ok(Discount {
        scope: scope(fields, field)?,
        times,
        text,
    })
}

fn scope(fields: Fields<'_>, field: &str) -> Result<Scope, TenantPricesError> {
    let everything = || Pattern {
        start: String::new(),
        open: true,
    };
    let mut scope = Scope {
        provider: everything(),
        model: everything(),
        from_ms: None,
        until_ms: None,
        when: Vec::new(),
    };
    for (name, value) in fields {
        let place = format!("{field}.{name}");
        match name.as_str() {
            "provider" => scope.provider = pattern(value, &place)?,
            "model" => scope.model = pattern(value, &place)?,
            "from" => scope.from_ms = Some(instant(value, &place)?),
            // The last day belongs to it.
            "to" => scope.until_ms = Some(instant(value, &place)? + DAY_MS),
            "when" => {
                let expected = "modifiers, such as {\"service_tier\": \"flex\"}";
                let pairs: BTreeMap<String, String> =
                    serde_json::from_str(value.get()).map_err(|_| wrong(&place, expected))?;
                scope.when = pairs.into_iter().collect();
            }
            _ => return Err(wrong(&place, "no such field")),
        }
    }
    Ok(scope)
}

fn text(
    value: &RawValue,
    field: &str,
    expected: &'static str,
) -> Result<String, TenantPricesError> {
    serde_json::from_str::<String>(value.get())
        .ok()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| wrong(field, expected))
}

fn pattern(value: &RawValue, field: &str) -> Result<Pattern, TenantPricesError> {
    let text = text(value, field, "a name, or the start of one and a *")?;
    Ok(match text.strip_suffix('*') {
        Some(start) => Pattern {
            start: start.to_owned(),
            open: true,
        },
        None => Pattern {
            start: text,
            open: false,
        },
    })
}

fn instant(value: &RawValue, field: &str) -> Result<i64, TenantPricesError> {
    let expected = "a date such as \"2026-01-31\"";
    match timestamp::parse(&text(value, field, expected)?) {
        Some(Moment::Day(date)) => {
            let days = date
                .since(jiff::civil::date(1970, 1, 1))
                .map_err(|_| wrong(field, expected))?
                .get_days();
            Ok(i64::from(days) * DAY_MS)
        }
        _ => Err(wrong(field, expected)),
    }
}

/// A decimal, as text or as a JSON number, without loss: its digits and how many stand behind the point.
fn exact(value: &RawValue, field: &str) -> Result<(u64, u32), TenantPricesError> {
    let expected = "US dollars of at most 12 decimals, such as \"2.5\"";
    let raw = value.get();
    let digits = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw);
    // A client's JSON library writes small numbers as 1e-6.
    let plain = decimal::plain(digits).map_err(|_| wrong(field, expected))?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let all = format!("{whole}{fraction}");
    if fraction.len() > 12 {
        return Err(wrong(field, expected));
    }
    // Only a sign can be wrong with it by now, or that there are too many.
    let mantissa = all.parse().map_err(|_| wrong(field, expected))?;
    Ok((mantissa, u32::try_from(fraction.len()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(text: &str) -> String {
        TenantPrices::from_json(text).unwrap_err().field
    }

    #[test]
    fn a_mistake_names_its_field() {
        assert_eq!(field_of("[]"), "prices");
        assert_eq!(field_of(r#"{"rate": []}"#), "rate");
        assert_eq!(field_of(r#"{"rates": {}}"#), "rates");
        assert_eq!(
            field_of(r#"{"rates": [{"usd": {"input": "1"}}, {"usd": {"input": "-1"}}]}"#),
            "rates[1].usd.input"
        );
        assert_eq!(
            field_of(r#"{"rates": [{"usd": {"input": 1e-13}}]}"#),
            "rates[0].usd.input"
        );
        assert_eq!(
            field_of(r#"{"rates": [{"usd": {"input": "0.0000000000001"}}]}"#),
            "rates[0].usd.input"
        );
        assert_eq!(
            field_of(r#"{"rates": [{"model": "gpt-4o"}]}"#),
            "rates[0].usd"
        );
        assert_eq!(field_of(r#"{"rates": [{"usd": {}}]}"#), "rates[0].usd");
        assert_eq!(
            field_of(r#"{"discounts": [{"times": "0.9", "from": "soon"}]}"#),
            "discounts[0].from"
        );
        assert_eq!(
            field_of(r#"{"discounts": [{"times": "0.9", "colour": 1}]}"#),
            "discounts[0].colour"
        );
        assert_eq!(field_of(r#"{"discounts": [{}]}"#), "discounts[0].times");
    }

    #[test]
    fn a_rate_is_the_same_in_every_way_of_writing_it() {
        let of = |number: &str| {
            let value = RawValue::from_string(number.to_owned()).unwrap();
            exact(&value, "rate").map_err(|error| error.field)
        };
        for (number, read) in [
            ("0.000001", (1, 6)),
            ("1e-6", (1, 6)),
            ("\"1.0E-06\"", (1, 6)),
            ("1e-12", (1, 12)),
            ("2.50", (25, 1)),
            ("1.5e3", (1500, 0)),
            ("0e9", (0, 0)),
        ] {
            assert_eq!(of(number), Ok(read), "{number}");
        }
        for number in ["1e-13", "1e40", "-1e-6", "\"\"", "\"e\"", "[1]", "null"] {
            assert_eq!(of(number), Err("rate".to_owned()), "{number}");
        }
    }

    #[test]
    fn the_entry_that_says_most_decides() {
        let prices = TenantPrices::from_json(
            r#"{"discounts": [
                {"times": "0.9"},
                {"provider": "openai", "times": "0.8"},
                {"provider": "openai", "model": "gpt-4o*", "times": "0.7"},
                {"provider": "openai", "model": "gpt-4o", "from": "2026-01-01", "to": "2026-01-31", "times": "0.6"},
                {"provider": "openai", "model": "gpt-4o", "from": "2026-01-10", "to": "2026-01-31", "times": "0.5"}
            ]}"#,
        )
        .unwrap();
        let times = |provider: &str, model: &str, day: i64| {
            let at_ms = 1_767_225_600_000 + day * DAY_MS; // days after 2026-01-01
            let asked = Asked {
                provider,
                models: [model, model],
                modifiers: &[],
                at_ms,
            };
            prices
                .discount(&asked)
                .map(|discount| discount.times.numerator)
        };
        assert_eq!(times("groq", "x", 0), Some(9));
        assert_eq!(times("openai", "o3", 0), Some(8));
        assert_eq!(times("openai", "GPT-4o-mini", 0), Some(7));
        assert_eq!(times("openai", "gpt-4o", 0), Some(6));
        assert_eq!(times("openai", "gpt-4o", 9), Some(5));
        assert_eq!(
            times("openai", "gpt-4o", 30),
            Some(5),
            "the last day belongs to it"
        );
        assert_eq!(times("openai", "gpt-4o", 31), Some(7));
    }
}
