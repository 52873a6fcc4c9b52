//! Figures for Prometheus at `/metrics`.

use bearlumen_service::{Served, Tally};
use http::Response;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// What requests that were flushed together took: rides beside one of their answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flush {
    /// How many.
    pub(crate) requests: usize,
    /// From the first statement until all of it was on the disk.
    pub(crate) took: Duration,
}

/// A route's requests with one status.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Answered {
    method: &'static str,
    route: &'static str,
    status: u16,
}

impl EncodeLabelSet for Answered {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        [
            ("method", self.method.to_owned()),
            ("route", self.route.to_owned()),
            ("status", self.status.to_string()),
        ]
        .encode(encoder)
    }
}

/// All figures.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    latency: Histogram,
    events: Family<[(&'static str, &'static str); 1], Counter>,
    flushes: Histogram,
    flushed: Counter,
}

/// What requests are counted by.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// From a tenth of a millisecond to ten seconds.
const SECONDS: [f64; 16] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
    10.0,
];

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("bearlumen"),
            requests: Family::default(),
            latency: Histogram::new(SECONDS),
            events: Family::default(),
            flushes: Histogram::new(SECONDS),
            flushed: Counter::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "requests",
            "Requests by method, route and status",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From a request to its answer",
            Unit::Seconds,
            self.latency.clone(),
        );
        registry.register(
            "events",
            "Usage events by what became of them: recorded, duplicate, failed",
            self.events.clone(),
        );
        registry.register_with_unit(
            "flush_duration",
            "Commits, until they were on the disk",
            Unit::Seconds,
            self.flushes.clone(),
        );
        registry.register(
            "flushed_requests",
            "Requests that changed something; by the number of flushes, how many shared one",
            self.flushed.clone(),
        );
        self
    }

    /// Counts an answer.
    pub(crate) fn count(
        &self,
        method: &http::Method,
        response: &Response<Vec<u8>>,
        took: Duration,
    ) {
        let served = response.extensions().get::<Served>();
        // A path or a method that is none of ours would make as many series as somebody likes.
        let route = served.and_then(|served| served.route).unwrap_or_default();
        let known = METHODS.iter().find(|known| **known == method.as_str());
        let method = known.filter(|_| !route.is_empty()).copied();
        let status = response.status().as_u16();
        let answered = Answered {
            method: method.unwrap_or_default(),
            route,
            status,
        };
        self.requests.get_or_create(&answered).inc();
        self.latency.observe(took.as_secs_f64());
        if let Some(tally) = response.extensions().get::<Tally>() {
            for (became, number) in [
                ("recorded", tally.recorded),
                ("duplicate", tally.duplicate),
                ("failed", tally.failed),
            ] {
                let number = u64::try_from(number).unwrap_or(u64::MAX);
                self.events
                    .get_or_create(&[("result", became)])
                    .inc_by(number);
            }
        }
        if let Some(flush) = response.extensions().get::<Flush>() {
            self.flushes.observe(flush.took.as_secs_f64());
            self.flushed
                .inc_by(u64::try_from(flush.requests).unwrap_or(u64::MAX));
        }
    }

    /// The figures as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
