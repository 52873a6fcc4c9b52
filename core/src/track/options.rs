//! Options as a host language hands them over: what cannot be used is left out, and the result says so.

use super::TrackOptions;
use crate::bucket::Bucket;
use crate::event::MAX_TEXT_BYTES;
use crate::money::{MAX_EVENT_NANOS, Nanos};
use crate::quantity::Quantity;
use crate::timestamp::{self, Moment};

impl TrackOptions {
    /// Notes that the option `name` was given and is not what it should be.
    pub fn leave_out(&mut self, name: &'static str) {
        if !self.unreadable.contains(&name) {
            self.unreadable.push(name);
        }
    }

    /// Adds a quantity of a unit, as decimal text.
    pub fn add_units(&mut self, unit: &str, amount: &str) {
        let named = !unit.is_empty() && unit.len() <= MAX_TEXT_BYTES;
        match Quantity::from_text(amount) {
            Ok(quantity) if named => self.units.add(Bucket::named(unit), quantity),
            _ => self.leave_out("units"),
        }
    }

    /// Sets what the call cost, as decimal text of US dollars.
    pub fn set_cost(&mut self, usd: &str) {
        match Nanos::from_usd_text(usd) {
            Ok(nanos) if nanos >= Nanos::ZERO && nanos.get() <= MAX_EVENT_NANOS => {
                self.cost = Some(nanos);
            }
            _ => self.leave_out("cost"),
        }
    }

    /// Sets when the call was made, as ISO 8601 text.
    pub fn set_timestamp(&mut self, text: &str) {
        match timestamp::parse(text) {
            Some(Moment::Instant(ms)) => self.timestamp_ms = Some(ms),
            Some(Moment::Day(_)) | None => self.leave_out("timestamp"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Meter;
    use crate::track::{Subject, track};

    #[test]
    fn what_cannot_be_used_is_left_out_and_named() {
        let mut options = TrackOptions {
            model: Some("tts".to_owned()),
            ..TrackOptions::default()
        };
        options.add_units("characters", "1500");
        options.add_units("seconds", "-1");
        options.add_units("", "1");
        options.set_cost("NaN");
        options.set_cost("-0.01");
        options.set_timestamp("yesterday");
        let tracked = track(
            &mut Meter::new(),
            &Subject::Manual,
            options,
            1_768_300_500_000,
            [1; 16],
        );
        let told = tracked
            .warnings
            .iter()
            .filter(|warning| warning.code == "option_ignored")
            .count();
        assert_eq!(told, 3, "each once: units, cost, timestamp");
        assert_eq!(
            serde_json::to_string(&tracked.usage).unwrap(),
            r#"{"characters":1500}"#
        );
        assert_eq!(tracked.cost.amount, None);
    }

    #[test]
    fn what_can_be_used_is_exact() {
        let mut options = TrackOptions::default();
        options.set_cost("1e-7");
        options.set_timestamp("2026-01-13T10:35:00Z");
        assert_eq!(options.cost, Some(Nanos::new(100)));
        assert_eq!(options.timestamp_ms, Some(1_768_300_500_000));
        assert!(options.unreadable.is_empty());
    }
}
