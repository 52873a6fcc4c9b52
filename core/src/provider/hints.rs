//! What the caller knows about a response beside its body.

use super::format::PROVIDERS;

/// Facts from outside the body. All optional; a wrong one is worse than none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The url the request went to; its host names the provider.
    pub url: Option<&'a str>,
    /// The provider, by any of its names.
    pub provider: Option<&'a str>,
    /// The model, for responses that do not name it. The body's own model wins.
    pub model: Option<&'a str>,
}

impl Hints<'_> {
    /// The provider that the url's host belongs to.
    pub(crate) fn provider_by_url(&self) -> Option<&'static str> {
        let url = self.url?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let host = host.split(':').next()?.to_ascii_lowercase();
        let belongs = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '-']))
        };
        PROVIDERS
            .iter()
            .find(|p| p.hosts.iter().any(|domain| belongs(domain)))
            .map(|p| p.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_alone_decides() {
        let by_url = |url| {
            Hints {
                url: Some(url),
                ..Hints::default()
            }
            .provider_by_url()
        };
        assert_eq!(
            by_url("https://api.openai.com/v1/chat/completions"),
            Some("openai")
        );
        assert_eq!(
            by_url("https://me.openai.azure.com:443/x?api.anthropic.com"),
            Some("azure")
        );
        assert_eq!(
            by_url("us-central1-aiplatform.googleapis.com/v1"),
            Some("vertex")
        );
        assert_eq!(by_url("https://evilapi.openai.com/"), None);
        assert_eq!(by_url("https://api.openai.com.evil.example/"), None);
        assert_eq!(by_url(""), None);
    }
}
