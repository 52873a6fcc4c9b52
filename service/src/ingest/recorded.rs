//! What the caller learns of a recorded event.

use super::detail::{push_plain, push_text};
use super::priced::Priced;
use bearlumen_core::pricing::Basis;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use serde::Serialize;

/// What the caller learns of a recorded event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RecordedEvent")
)]
pub(crate) struct Recorded<'a> {
    /// `evt_…`
    event_id: String,
    /// As the event said; null when it named none.
    user_id: Option<&'a str>,
    metric_name: &'a str,
    /// In units of the metric.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    quantity: Quantity,
    /// ISO 8601. Of the first event with the key.
    event_timestamp: String,
    /// False when the same event was recorded before.
    recorded: bool,
    cost: CostShown<'a>,
    /// Names of fields that mean nothing here and were not stored; absent when there were none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown_fields: &'a [String],
}

/// The cost without its lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "EventCost")
)]
struct CostShown<'a> {
    /// US dollars; null when no price is known, never 0.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    amount: Option<bearlumen_core::money::Nanos>,
    /// Always `USD`.
    currency: &'static str,
    /// `reported`, `exact`, `estimated` or `unpriced`.
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    basis: Basis,
    /// The price it was computed from; null when it was reported or is not known.
    price_id: Option<&'a str>,
}

pub(crate) fn shown(event: &Priced, at_ms: i64, recorded: bool) -> Recorded<'_> {
    Recorded {
        event_id: event.id(),
        user_id: event.event.attribution.user_id.as_deref(),
        metric_name: &event.event.metric_name,
        quantity: event.event.quantity,
        event_timestamp: format_ms(at_ms),
        recorded,
        cost: CostShown {
            amount: event.cost.amount,
            currency: "USD",
            basis: event.cost.basis,
            price_id: event.price_id.as_deref(),
        },
        unknown_fields: &event.event.unknown_fields,
    }
}

impl Recorded<'_> {
    /// The same JSON as by its fields, after further members of the object that it ends. A batch has a thousand of them,
    /// and most of writing one is in looking at names that never change.
    pub(super) fn push_members(&self, out: &mut String) {
        let text = |out: &mut String, text: Option<&str>| match text {
            Some(text) => push_text(out, text),
            None => out.push_str("null"),
        };
        out.push_str(",\"eventId\":");
        push_plain(out, &self.event_id);
        out.push_str(",\"userId\":");
        text(out, self.user_id);
        out.push_str(",\"metricName\":");
        push_text(out, self.metric_name);
        out.push_str(",\"quantity\":");
        push_json(out, &self.quantity);
        out.push_str(",\"eventTimestamp\":");
        push_plain(out, &self.event_timestamp);
        out.push_str(if self.recorded {
            ",\"recorded\":true"
        } else {
            ",\"recorded\":false"
        });
        out.push_str(",\"cost\":{\"amount\":");
        push_json(out, &self.cost.amount);
        out.push_str(",\"currency\":");
        push_plain(out, self.cost.currency);
        out.push_str(",\"basis\":");
        push_plain(out, self.cost.basis.as_str());
        out.push_str(",\"priceId\":");
        text(out, self.cost.price_id);
        out.push('}');
        if !self.unknown_fields.is_empty() {
            out.push_str(",\"unknownFields\":");
            push_json(out, self.unknown_fields);
        }
        out.push('}');
    }
}

pub(super) fn push_json<T: Serialize + ?Sized>(out: &mut String, value: &T) {
    out.push_str(&serde_json::to_string(value).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use bearlumen_core::money::Nanos;

    /// As the derived way writes it, beside the members before it.
    #[derive(Serialize)]
    struct Whole<'a> {
        index: usize,
        #[serde(flatten)]
        recorded: &'a Recorded<'a>,
    }

    #[test]
    fn it_is_written_as_its_fields_would_be() {
        let quantity = |text| Quantity::from_text(text).unwrap();
        let unknown = ["odd \"name\"".to_owned(), "other".to_owned()];
        let amounts = [
            None,
            Some(Nanos::ZERO),
            Some(Nanos::from_usd_text("0.000000001").unwrap()),
            Some(Nanos::from_usd_text("8999999.123456789").unwrap()),
        ];
        for amount in amounts {
            for (user_id, price_id, quantity, unknown_fields) in [
                (None, None, quantity("0"), &unknown[..0]),
                (
                    Some("cust\n\"1\" \\ ü"),
                    Some("openai/gpt-4o@2024-10-01"),
                    quantity("1000000000000"),
                    &unknown[..],
                ),
                (Some(""), None, quantity("0.000001"), &unknown[1..]),
            ] {
                let recorded = Recorded {
                    event_id: "evt_00000000-0000-0000-0000-000000000001".to_owned(),
                    user_id,
                    metric_name: "tokens",
                    quantity,
                    event_timestamp: format_ms(1_795_176_000_123),
                    recorded: price_id.is_some(),
                    cost: CostShown {
                        amount,
                        currency: "USD",
                        basis: Basis::Exact,
                        price_id,
                    },
                    unknown_fields,
                };
                let mut text = "{\"index\":7".to_owned();
                recorded.push_members(&mut text);
                let whole = Whole {
                    index: 7,
                    recorded: &recorded,
                };
                assert_eq!(text, serde_json::to_string(&whole).unwrap());
            }
        }
    }
}
