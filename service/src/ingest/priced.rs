//! An event with its cost and its place in time: what is stored.

use crate::http::Problem;
use crate::ledger::MAX_NUMBER;
use bearlumen_core::bucket::Bucket;
use bearlumen_core::event::{self, DimensionValue, EventUuid, UsageEvent};
use bearlumen_core::pricing::{Basis, Cost, KnownPrices, PriceId, TenantPrices};
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::DAY_MS;
use bearlumen_core::usage::Usage;
use std::sync::Arc;

/// How far back an event may lie: 13 months.
const MAX_AGE_MS: i64 = 396 * DAY_MS;

/// How far ahead: clocks differ by minutes, not more.
const MAX_AHEAD_MS: i64 = 10 * 60 * 1000;

/// An accepted event.
pub(crate) struct Priced {
    pub(crate) uuid: EventUuid,
    pub(crate) at_ms: i64,
    pub(crate) content_hash: i64,
    pub(crate) event: UsageEvent,
    pub(crate) cost: Cost,
    /// The rate card the cost was computed from, as stored and shown.
    pub(crate) price_id: Option<Arc<str>>,
    /// Input and output, as far as 64 bits hold them.
    pub(crate) tokens: [i64; 2],
    /// What `write_detail` makes of it, where it was written ahead.
    pub(crate) detail: Option<Box<str>>,
}

/// Reads one event and prices it.
pub(crate) fn read(
    json: &str,
    now_ms: i64,
    entropy: &[u8; 32],
    position: u64,
    own: Option<&TenantPrices>,
) -> Result<Priced, Problem> {
    let event = event::parse_event(json)?;
    let prices = &mut Prices::default();
    price(event, now_ms, entropy, position, own, prices)
}

/// The prices that a request's events met.
#[derive(Default)]
pub(super) struct Prices {
    known: KnownPrices,
    /// Putting a name together takes a while.
    names: Vec<(PriceId, Arc<str>)>,
}

/// Who meets ever other prices shall not look through all of their names.
const MAX_NAMES: usize = 8;

impl Prices {
    fn name(&mut self, id: &PriceId) -> Arc<str> {
        if let Some((_, name)) = self.names.iter().find(|(known, _)| known == id) {
            return Arc::clone(name);
        }
        let name: Arc<str> = id.to_string().into();
        if self.names.len() < MAX_NAMES {
            self.names.push((id.clone(), Arc::clone(&name)));
        }
        name
    }
}

/// Prices an event, by the organisation's own prices where it has any. `position` sets it apart from others without a key
/// in the same request.
pub(super) fn price(
    event: UsageEvent,
    now_ms: i64,
    entropy: &[u8; 32],
    position: u64,
    own: Option<&TenantPrices>,
    prices: &mut Prices,
) -> Result<Priced, Problem> {
    let at_ms = event.timestamp_ms.or(event.tracked_ms).unwrap_or(now_ms);
    if at_ms < now_ms - MAX_AGE_MS || at_ms > now_ms + MAX_AHEAD_MS {
        let message =
            "Invalid eventTimestamp: expected a time from 13 months back to 10 minutes ahead";
        return Err(Problem::invalid("eventTimestamp", message));
    }
    for (name, value) in &event.dimensions {
        if let DimensionValue::Number(number) = value
            && number.abs() > MAX_NUMBER
        {
            let field = format!("dimensions.{name}");
            let message = format!("Invalid {field}: expected a number from -10^12 to 10^12");
            return Err(Problem::invalid(&field, message));
        }
    }
    let uuid = match &event.idempotency_key {
        Some(key) => event::event_uuid(key),
        None => event::random_event_uuid(entropy, position),
    };
    let cost = match own {
        None => event::price_event_among(&event, at_ms, &mut prices.known),
        Some(own) => event::price_event_by(&event, at_ms, own),
    };
    if let Some(warning) = cost
        .warnings
        .iter()
        .find(|w| w.code == "amount_out_of_range")
    {
        return Err(Problem::invalid(
            "quantity",
            format!("Invalid quantity: {}", warning.message),
        ));
    }
    let price_id = cost.price_id.as_ref().map(|id| prices.name(id));
    Ok(Priced {
        content_hash: event::content_hash(&event),
        uuid,
        at_ms,
        tokens: tokens_of(&event),
        event,
        cost,
        price_id,
        detail: None,
    })
}

fn tokens_of(event: &UsageEvent) -> [i64; 2] {
    let (input, output) = event::token_counts(event);
    [input, output].map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}

impl Priced {
    /// A stored event with another cost.
    pub(crate) fn again(event: UsageEvent, cost: Cost, at_ms: i64) -> Self {
        Self {
            uuid: 0,
            at_ms,
            content_hash: 0,
            tokens: tokens_of(&event),
            event,
            detail: None,
            price_id: cost.price_id.as_ref().map(|id| id.to_string().into()),
            cost,
        }
    }

    /// The id as it is shown, `evt_…`.
    pub(crate) fn id(&self) -> String {
        event::event_id_text(self.uuid)
    }

    /// Calls `each` with every bucket, its quantity and what it cost in nano-dollars: of the usage, else of what the
    /// cost was computed from.
    pub(crate) fn buckets(&self, mut each: impl FnMut(&Bucket, Quantity, i64)) {
        let usage = &self.event.usage;
        let split = self.split();
        let quantities = split.as_ref().unwrap_or(usage);
        for (bucket, quantity) in quantities.iter() {
            each(bucket, *quantity, self.amount_of(bucket));
        }
        for line in &self.cost.lines {
            if !quantities.iter().any(|(bucket, _)| *bucket == line.bucket) {
                each(&line.bucket, Quantity::ZERO, line.amount_nanos);
            }
        }
    }

    pub(super) fn amount_of(&self, bucket: &Bucket) -> i64 {
        let lines = self.cost.lines.iter().filter(|line| line.bucket == *bucket);
        lines.map(|line| line.amount_nanos).sum()
    }

    /// The quantities that the cost of a bare quantity was computed from.
    pub(super) fn split(&self) -> Option<Usage> {
        if !self.event.usage.is_empty() || self.cost.lines.is_empty() {
            return None;
        }
        let mut split = Usage::default();
        for line in &self.cost.lines {
            split.add(line.bucket.clone(), line.quantity);
        }
        Some(split)
    }

    /// As stored: 0 unpriced, 1 estimated, 2 exact, 3 reported.
    pub(crate) const fn basis_number(&self) -> i64 {
        match self.cost.basis {
            Basis::Unpriced => 0,
            Basis::Estimated => 1,
            Basis::Exact => 2,
            Basis::Reported => 3,
        }
    }
}
