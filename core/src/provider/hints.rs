//! What the caller knows about a response beside its body.

/// Facts from outside the body. All optional; a wrong one is worse than none.
///
/// HTTP headers are a hint too: they are added to the tape
/// ([`Tape::add_headers`](crate::response::Tape::add_headers)).
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The url the request went to; its host names the provider, its path sometimes the model.
    pub url: Option<&'a str>,
    /// The provider, by any of its names.
    pub provider: Option<&'a str>,
    /// The model, for responses that do not name it. The body's own model wins.
    pub model: Option<&'a str>,
}
