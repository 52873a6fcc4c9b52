//! What a caller knows of a call beside its response.

use std::collections::HashMap;

/// Hints for reading a response. All may be absent.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct Hints {
    /// Who answered, by name, such as `openai`.
    #[uniffi(default)]
    pub provider: Option<String>,
    /// The model, for responses that do not name it.
    #[uniffi(default)]
    pub model: Option<String>,
    /// The url of the request, whose host names the provider.
    #[uniffi(default)]
    pub url: Option<String>,
    /// Headers of the HTTP response.
    #[uniffi(default)]
    pub headers: HashMap<String, String>,
}

impl Hints {
    pub(crate) fn core(&self) -> bearlumen_core::provider::Hints<'_> {
        bearlumen_core::provider::Hints {
            url: self.url.as_deref(),
            provider: self.provider.as_deref(),
            model: self.model.as_deref(),
        }
    }

    pub(crate) fn header_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.headers)
    }
}

pub(crate) fn pairs(headers: &HashMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}
