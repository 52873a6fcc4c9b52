//! What was handed over: a response, the chunks of a stream, or a stream's text.

use super::endpoint::Body;
use super::options::Options;
use crate::http::Problem;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::Subject;
use serde_json::value::RawValue;

/// A fold to be read once its borrower is done.
pub(super) enum Given<'a> {
    Response(&'a str),
    Stream(Box<StreamFold>),
}

impl<'a> Given<'a> {
    pub(super) fn of(body: &Body<'a>, options: &Options) -> Result<Self, Problem> {
        match (body.response, body.events, body.stream.as_deref()) {
            (Some(response), None, None) => Ok(Self::Response(response.get())),
            (None, Some(events), None) => {
                let chunks: Vec<&RawValue> = serde_json::from_str(events.get()).map_err(|_| {
                    Problem::invalid(
                        "events",
                        "Invalid events: expected a list of a stream's chunks",
                    )
                })?;
                let mut fold = fold(options);
                for chunk in chunks {
                    match parse_json(chunk.get().as_bytes()) {
                        Ok(tape) => fold.feed(&tape),
                        Err(_) => fold.feed_unreadable(),
                    }
                }
                Ok(Self::Stream(fold))
            }
            (None, None, Some(text)) => {
                let mut fold = fold(options);
                let mut cutter = StreamText::new();
                cutter.feed(text.as_bytes(), &mut fold);
                cutter.finish(&mut fold);
                Ok(Self::Stream(fold))
            }
            (None, None, None) => Err(Problem::invalid(
                "response",
                "Missing response: expected response, events or stream",
            )),
            _ => Err(Problem::invalid(
                "response",
                "Invalid response: expected one of response, events and stream",
            )),
        }
    }

    pub(super) fn subject(&'a self, options: &'a Options) -> Subject<'a> {
        match self {
            Self::Response(text) => {
                Subject::Response(parse_json(text.as_bytes()).map(|mut tape| {
                    tape.add_headers(options.headers());
                    tape
                }))
            }
            Self::Stream(fold) => Subject::Stream(fold),
        }
    }
}

fn fold(options: &Options) -> Box<StreamFold> {
    let mut fold = StreamFold::new();
    fold.add_headers(options.headers());
    Box::new(fold)
}
