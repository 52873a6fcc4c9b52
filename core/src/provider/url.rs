//! What a request's url says: whose host it is, and which model.

use super::format::{PROVIDERS, Provider};

/// The provider that the url's host belongs to.
pub(crate) fn provider_of(url: &str) -> Option<&'static Provider> {
    let host = host(url)?;
    let belongs = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '-']))
    };
    // Of several the most particular: `bedrock-runtime.…` before `…`.
    PROVIDERS
        .iter()
        .filter_map(|p| {
            let longest = p
                .hosts
                .iter()
                .filter(|domain| belongs(domain))
                .map(|domain| domain.len())
                .max()?;
            Some((longest, p))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, p)| p)
}

/// The id of the provider that the url's host belongs to.
pub(crate) fn provider_named_by_url(url: &str) -> Option<&'static str> {
    provider_of(url).map(|provider| provider.id)
}

fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    // A local server is known by its port: `localhost:11434` is Ollama's.
    let host = host.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, _)) if !is_local(name) => Some(name.to_owned()),
        _ => Some(host),
    }
}

fn is_local(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]")
}

/// The model that the url's path names, by the provider's patterns.
pub(crate) fn model_of(url: &str, provider: &Provider) -> Option<String> {
    provider.model_in_url.iter().find_map(|pattern| {
        let (before, after) = pattern.split_once("{}")?;
        let (_, rest) = url.split_once(before)?;
        let name = match after.chars().next() {
            Some(end) => rest.split(end).next()?,
            None => rest.split(['?', '#']).next()?,
        };
        let name = percent_decoded(name)?;
        (!name.is_empty()).then_some(name)
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_alone_decides() {
        let id = |url| provider_of(url).map(|p| p.id);
        assert_eq!(
            id("https://api.openai.com/v1/chat/completions"),
            Some("openai")
        );
        assert_eq!(
            id("https://me.openai.azure.com:443/x?api.anthropic.com"),
            Some("azure")
        );
        assert_eq!(
            id("us-central1-aiplatform.googleapis.com/v1"),
            Some("vertex")
        );
        assert_eq!(id("http://localhost:11434/api/chat"), Some("ollama"));
        assert_eq!(id("http://localhost:9/api/chat"), None);
        assert_eq!(id("https://evilapi.openai.com/"), None);
        assert_eq!(id("https://api.openai.com.evil.example/"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn the_path_may_name_the_model() {
        let model = |url: &str| provider_of(url).and_then(|p| model_of(url, p));
        assert_eq!(
            model(
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-haiku-4-5-v1%3A0/converse"
            ),
            Some("us.anthropic.claude-haiku-4-5-v1:0".to_owned())
        );
        assert_eq!(
            model(
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"
            ),
            Some("gemini-2.5-flash".to_owned())
        );
        assert_eq!(model("https://api.openai.com/v1/responses"), None);
    }
}
