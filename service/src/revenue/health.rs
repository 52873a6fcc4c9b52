//! Whether a customer pays for what it costs.

use serde::Serialize;

/// How healthy a margin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "MarginHealth")
)]
pub(super) enum Health {
    /// More than 40 percent of the revenue is left.
    Healthy,
    /// From 20 to 40 percent.
    AtRisk,
    /// Less than 20 percent.
    Unhealthy,
}

impl Health {
    /// Of a margin; there is none without revenue. Compared in whole numbers, so that 40 percent is 40 percent.
    pub(super) fn of(margin_nanos: i128, revenue_nanos: i128) -> Option<Self> {
        if revenue_nanos <= 0 {
            return None;
        }
        let hundred_margins = margin_nanos.saturating_mul(100);
        Some(if hundred_margins > revenue_nanos.saturating_mul(40) {
            Self::Healthy
        } else if hundred_margins >= revenue_nanos.saturating_mul(20) {
            Self::AtRisk
        } else {
            Self::Unhealthy
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_belong_to_at_risk() {
        assert_eq!(Health::of(401, 1000), Some(Health::Healthy));
        assert_eq!(Health::of(400, 1000), Some(Health::AtRisk));
        assert_eq!(Health::of(200, 1000), Some(Health::AtRisk));
        assert_eq!(Health::of(199, 1000), Some(Health::Unhealthy));
        assert_eq!(Health::of(-1, 1000), Some(Health::Unhealthy));
        assert_eq!(Health::of(1000, 0), None);
        assert_eq!(Health::of(-1000, -10), None);
    }
}
