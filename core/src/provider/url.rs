//! What a request's url says: whose host it is, where that stands, and which model.

use super::format::{Host, PROVIDERS, Provider};
use std::borrow::Cow;
use std::net::Ipv4Addr;

/// The provider that the url's host belongs to.
pub(crate) fn provider_of(url: &str) -> Option<&'static Provider> {
    let host = host(url)?;
    let path = path(url);
    // Of several the most particular: `models.inference.ai.azure.com` before `inference.ai.azure.com`.
    PROVIDERS
        .iter()
        .filter_map(|p| {
            let longest = p
                .hosts
                .iter()
                .filter(|known| known.has(&host) && known.has_path(path))
                .map(|known| known.before.len() + known.after.len() + known.path.len())
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
    // A server of one's own is known by its port: `localhost:11434` is Ollama's.
    let host = host.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, _)) if !is_private(name) => Some(name.to_owned()),
        _ => Some(host),
    }
}

/// What follows the host, without a query.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/')
        .and_then(|at| rest.get(at..))
        .unwrap_or_default()
}

/// Whether a host is of one's own machine or network: a bare name, a private address.
fn is_private(name: &str) -> bool {
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return address.is_loopback() || address.is_private() || address.is_unspecified();
    }
    name.starts_with('[')
        || !name.contains('.')
        || [".internal", ".local", ".localhost"]
            .iter()
            .any(|end| name.ends_with(end))
}

impl Host {
    /// Whether a url's path begins with the known one, whole names of it.
    fn has_path(&self, path: &str) -> bool {
        path.strip_prefix(self.path)
            .is_some_and(|rest| self.path.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }

    fn has(&self, host: &str) -> bool {
        if self.has_label {
            return self.label_of(host).is_some();
        }
        host.strip_suffix(self.after).is_some_and(|rest| {
            rest.is_empty() || rest.ends_with(['.', '-']) || self.after.starts_with(':')
        })
    }

    /// What stands for `{}`: one label of the host's name.
    fn label_of<'h>(&self, host: &'h str) -> Option<&'h str> {
        let rest = host.strip_suffix(self.after)?;
        let at = match self.before {
            "" => 0,
            before => rest.rfind(before)?,
        };
        let (outer, label) = (rest.get(..at)?, rest.get(at + self.before.len()..)?);
        let is_whole = outer.is_empty() || outer.ends_with(['.', '-']);
        (is_whole && !label.is_empty() && !label.contains('.')).then_some(label)
    }
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
        let value = match means.value {
            Some(value) => (host == means.host.after).then_some(Cow::Borrowed(value))?,
            None => Cow::Owned(means.host.label_of(&host)?.to_owned()),
        };
        Some((means.modifier, value))
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
        for own in [
            "http://192.168.1.20:11434/v1",
            "http://host.docker.internal:11434/v1",
            "http://ollama:11434/v1",
            "http://[::1]:11434/v1",
        ] {
            assert_eq!(id(own), Some("ollama"), "{own}");
        }
        assert_eq!(id("http://93.184.215.14:11434/v1"), None);
        assert_eq!(id("https://evilapi.openai.com/"), None);
        assert_eq!(id("https://api.openai.com.evil.example/"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn a_path_may_name_another_provider_than_the_host() {
        let is =
            |url, provider| assert_eq!(provider_of(url).map(|p| p.id), Some(provider), "{url}");
        is("https://api.openai.com/v1/decisions", "openai_decisions");
        is(
            "https://api.openai.com/v1/decisions?x=1",
            "openai_decisions",
        );
        is(
            "https://api.openai.com/v1/decisions_of_another_kind",
            "openai",
        );
        is(
            "https://api.openai.com/v1/responses?next=/v1/decisions",
            "openai",
        );
        is(
            "https://router.huggingface.co/together/v1/chat/completions",
            "huggingface_together",
        );
        is(
            "https://router.huggingface.co/fireworks-ai/inference/v1",
            "huggingface_fireworks_ai",
        );
        is(
            "https://router.huggingface.co/v1/chat/completions",
            "huggingface",
        );
    }

    #[test]
    fn one_label_of_a_host_may_be_any() {
        let id = |host| provider_of(host).map(|p| p.id);
        let is = |host, provider| assert_eq!(id(host), Some(provider), "{host}");
        is("bedrock-runtime.us-east-1.amazonaws.com", "bedrock");
        is(
            "vpce-0a1b-xyz.bedrock-runtime.us-east-1.vpce.amazonaws.com",
            "bedrock",
        );
        is("bedrock-mantle.eu-west-1.api.aws", "bedrock");
        is("runtime.sagemaker.us-east-1.amazonaws.com", "sagemaker");
        is("aiplatform.eu.rep.googleapis.com", "vertex");
        is("models.inference.ai.azure.com", "github");
        is("mine.eastus2.inference.ai.azure.com", "azure");
        for other in [
            "abc.execute-api.us-east-1.amazonaws.com",
            "bedrock-runtime.a.b.amazonaws.com",
            "bedrock-runtime..amazonaws.com",
            "notbedrock-runtime.us-east-1.amazonaws.com",
            "amazonaws.com",
        ] {
            assert_eq!(id(other), None, "{other}");
        }
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
        said(
            "https://vpce-0a1b-xyz.bedrock-runtime.eu-west-3.vpce.amazonaws.com/model",
            "region=eu-west-3",
        );
        said("https://eu.api.openai.com/v1/responses", "region=eu");
        assert_eq!(means("https://api.openai.com/v1/responses"), None);
        assert_eq!(means("https://myorg.openai.azure.com/openai"), None);
    }
}
