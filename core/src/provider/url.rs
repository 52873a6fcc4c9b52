//! What a request's url says: whose host it is, where that stands, and which model.

use super::format::{PROVIDERS, Provider};
use std::borrow::Cow;

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

/// What the url's host says about the price: the region it stands in, say.
pub(crate) fn host_means(
    url: &str,
    provider: &Provider,
) -> Option<(&'static str, Cow<'static, str>)> {
    let host = host(url)?;
    provider.hosts_mean.iter().find_map(|means| {
        let rest = host.strip_prefix(means.before)?;
        let named = rest.strip_suffix(means.after)?;
        let value = match means.value {
            Some(value) => named.is_empty().then_some(Cow::Borrowed(value)),
            None => {
                (!named.is_empty() && !named.contains('.')).then(|| Cow::Owned(named.to_owned()))
            }
        };
        Some((means.modifier, value?))
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            bytes.push(u8::try_from(value).ok()?);
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

    #[test]
    fn an_escape_is_two_digits_and_nothing_else() {
        assert_eq!(percent_decoded("a%3Ab%2f"), Some("a:b/".to_owned()));
        for bad in ["%", "%4", "%+f", "%-1", "% 1", "%zz", "%ff"] {
            assert_eq!(percent_decoded(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_host_says_where_it_stands() {
        let means = |url: &str| {
            let (modifier, value) = host_means(url, provider_of(url)?)?;
            Some(format!("{modifier}={value}"))
        };
        let said = |url, text: &str| assert_eq!(means(url).as_deref(), Some(text), "{url}");
        said(
            "https://europe-west4-aiplatform.googleapis.com/v1",
            "region=europe-west4",
        );
        said("https://aiplatform.googleapis.com/v1", "region=global");
        said(
            "https://bedrock-runtime.eu-west-3.amazonaws.com/model",
            "region=eu-west-3",
        );
        said(
            "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
            "region=us-gov-west-1",
        );
        said(
            "https://bedrock-mantle.us-east-1.api.aws/v1",
            "region=us-east-1",
        );
        said("https://eu.api.openai.com/v1/responses", "region=eu");
        assert_eq!(means("https://api.openai.com/v1/responses"), None);
        assert_eq!(means("https://myorg.openai.azure.com/openai"), None);
    }
}
