//! What an event cost: as reported, else by its buckets, else by its bare quantity.

use super::UsageEvent;
use crate::bucket::{Bucket, Side};
use crate::pricing::{
    Cost, KnownPrices, PriceRequest, TenantPrices, price, price_by, price_reported, price_unsplit,
};
use crate::provider::{provider_named, provider_of_model};
use crate::usage::{NOT_COUNTED, Usage, Warning, is_doubt};

/// Prices an event at the catalogue's prices of its time.
pub fn price_event(event: &UsageEvent, at_ms: i64) -> Cost {
    price_with(event, at_ms, None, price)
}

/// The same as [`price_event`] for one of many events: `known` has the prices that those before it met.
pub fn price_event_among(event: &UsageEvent, at_ms: i64, known: &mut KnownPrices) -> Cost {
    price_with(event, at_ms, None, |request| known.price(request))
}

/// Prices an event at an organisation's own prices of its time, and at the catalogue's where they say nothing.
pub fn price_event_by(event: &UsageEvent, at_ms: i64, own: &TenantPrices) -> Cost {
    price_with(event, at_ms, Some(own), |request| price_by(request, own))
}

fn price_with(
    event: &UsageEvent,
    at_ms: i64,
    own: Option<&TenantPrices>,
    mut price: impl FnMut(&PriceRequest<'_>) -> Cost,
) -> Cost {
    if let Some(amount) = event.reported_cost {
        return price_reported(amount);
    }
    if event.incomplete && event.usage.is_empty() {
        // Its quantity of 0 says that nothing was stated, not that nothing was used.
        return Cost::unpriced("no_usage", "no usage was stated".to_owned());
    }
    let Some(model) = event.model.as_deref() else {
        return Cost::unpriced("no_model", "the event names no model".to_owned());
    };
    let (provider, assumed) = match event.provider.as_deref() {
        Some(given) => (provider_named(given).unwrap_or(given), false),
        None => match provider_of_model(model) {
            Some(found) => (found, true),
            None => return Cost::unpriced("no_provider", "the event names no provider".to_owned()),
        },
    };
    let modifiers: Vec<(&str, &str)> = event
        .modifiers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let mut usage = Usage::default();
    let mut request = PriceRequest {
        usage: &event.usage,
        provider,
        model,
        modifiers: &modifiers,
        at_ms,
    };
    let mut cost = if event.usage.is_empty() {
        match class_of(&event.metric_name) {
            Some(bucket) => {
                usage.add(bucket, event.quantity);
                request.usage = &usage;
                price(&request)
            }
            None => price_unsplit(&request, own, event.quantity),
        }
    } else {
        price(&request)
    };
    if event.incomplete || event.warnings.iter().any(|code| code == NOT_COUNTED) {
        cost.is_a_floor();
    }
    if event.warnings.iter().any(|code| is_doubt(code)) {
        cost.doubted();
    }
    if assumed && cost.amount.is_some() {
        cost.basis = crate::pricing::Basis::Estimated;
        cost.warnings.push(Warning::new(
            "provider_assumed",
            format!("{provider} was assumed from the model"),
        ));
    }
    cost
}

/// Input and output tokens of an event: what its usage states, else its bare quantity of tokens. Of no stated class
/// they are taken as 3 of input to 1 of output, as they are for its price; the two add up to the quantity.
pub fn token_counts(event: &UsageEvent) -> (u64, u64) {
    if !event.usage.is_empty() {
        return (
            event.usage.total(Side::Input).whole_units(),
            event.usage.total(Side::Output).whole_units(),
        );
    }
    let quantity = event.quantity.whole_units();
    let metric = event.metric_name.to_ascii_lowercase();
    match metric.rsplit('_').next() {
        Some("input") => (quantity, 0),
        Some("output") => (0, quantity),
        _ if metric.contains("token") => (quantity - quantity / 4, quantity / 4),
        _ => (0, 0),
    }
}

/// The bucket that a metric's name states; `None` for tokens of no stated class.
fn class_of(metric: &str) -> Option<Bucket> {
    let metric = metric.to_ascii_lowercase();
    if metric.ends_with("_input") {
        return Some(Bucket::named("input"));
    }
    if metric.ends_with("_output") {
        return Some(Bucket::named("output"));
    }
    if metric.contains("token") {
        return None;
    }
    Some(Bucket::named(&metric))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::parse_event;

    fn counts(metric: &str, quantity: u64) -> (u64, u64) {
        let json =
            format!(r#"{{"eventType": "e", "metricName": "{metric}", "quantity": {quantity}}}"#);
        token_counts(&parse_event(&json).unwrap())
    }

    #[test]
    fn tokens_of_a_bare_quantity_add_up_to_it() {
        assert_eq!(counts("tokens", 1500), (1125, 375));
        assert_eq!(counts("llm_tokens", 1), (1, 0));
        assert_eq!(counts("llm_tokens_input", 7), (7, 0));
        assert_eq!(counts("llm_tokens_OUTPUT", 7), (0, 7));
        assert_eq!(counts("characters", 7), (0, 0));
    }
}
