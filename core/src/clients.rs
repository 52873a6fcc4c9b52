//! The providers' own client libraries: which of their calls cost something, for `wrap()`.
//!
//! The names are data, `catalog/clients.toml`; a host walks its objects and asks here at each name.

use crate::provider::provider_named_by_url;
use crate::response::{At, Scalar, Tape, response_shape};

struct Call {
    path: &'static str,
    asks_for_usage: bool,
    states_usage_unasked: &'static [&'static str],
}

/// A call that makes others by itself, on the same object.
#[derive(Debug)]
pub struct Helper {
    /// Where it is called.
    pub path: &'static str,
    /// The names of the calls it makes, as each library spells them.
    pub calls: &'static [&'static str],
}

mod tables {
    use super::{Call, Helper};
    include!(concat!(env!("OUT_DIR"), "/clients.rs"));
}
use tables::{
    CALLS, CLIENT_VIEWS, COMMAND_VIEWS, HELPERS, MADE_WITH, MODEL_PARAMETERS, RAW_VIEWS, RUNNERS,
};

/// What a name on a client means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts: one name is a call in one library and a group of calls in another"
)]
pub struct ClientStep {
    /// Where it is a function, calling it costs something.
    pub is_call: bool,
    /// Where it is an object, it holds calls, or leads to them.
    pub leads_on: bool,
    /// Where it is a function, what it returns holds calls.
    pub returns_calls: bool,
    /// Where it is a function, what it returns answers the same calls as the client itself.
    pub returns_client: bool,
    /// It answers the same calls as the object it stands on, with their whole HTTP response.
    pub is_raw_view: bool,
    /// Where it is a function, what it is given says the call: see [`command_path`].
    pub takes_command: bool,
    /// Where it is a function, it makes calls of its client by itself: on a tracked client they are tracked.
    pub makes_calls: bool,
    /// Where the object has one of these functions, that one is the call: this makes as many as it needs of it.
    pub inner_calls: &'static [&'static str],
}

/// What the name at the end of `path` means: `"chat.completions.create"`, `"chats.create().send_message"`.
pub fn client_step(path: &str) -> ClientStep {
    let name = path.rsplit('.').next().unwrap_or(path);
    let with_result = format!("{path}()");
    let mut step = ClientStep {
        returns_client: !path.contains('.') && CLIENT_VIEWS.iter().any(|view| is_same(view, name)),
        is_raw_view: RAW_VIEWS.iter().any(|view| is_same(view, name)),
        takes_command: !path.contains('.') && COMMAND_VIEWS.iter().any(|view| is_same(view, name)),
        makes_calls: path.contains('.') && RUNNERS.iter().any(|runner| is_same(runner, name)),
        ..ClientStep::default()
    };
    if let Some(helper) = HELPERS.iter().find(|helper| is_same(helper.path, path)) {
        step.inner_calls = helper.calls;
    }
    for call in CALLS {
        step.is_call |= is_same(call.path, path);
        step.leads_on |= leads_to(path, call.path);
        step.returns_calls |= leads_to(&with_result, call.path);
    }
    step
}

/// The calls that make others by themselves.
pub fn helpers() -> &'static [Helper] {
    HELPERS
}

/// What the class of an object with such calls is given when one is made, by the names under which the object keeps it.
pub const fn made_with() -> &'static [&'static str] {
    MADE_WITH
}

/// The call that an object of this class asks for: `ConverseCommand` is `Converse`.
pub fn command_path(class: &str) -> Option<&str> {
    class
        .strip_suffix("Command")
        .filter(|path| client_step(path).is_call)
}

/// Whether a stream of this call states its usage only when the request asks: `stream_options.include_usage`.
/// Some servers state it unasked and refuse the question; `url`, where the request goes, tells them.
pub fn asks_for_usage(path: &str, url: Option<&str>) -> bool {
    let Some(call) = CALLS.iter().find(|call| is_same(call.path, path)) else {
        return false;
    };
    let provider = url.and_then(provider_named_by_url);
    call.asks_for_usage && !provider.is_some_and(|id| call.states_usage_unasked.contains(&id))
}

/// Whether a request's parameter of this name says its model.
pub fn is_model_parameter(name: &str) -> bool {
    MODEL_PARAMETERS.iter().any(|known| is_same(known, name))
}

/// Whether a chunk of a stream holds nothing but the usage that was asked for. Who did not ask must not see it: it
/// has no choice to take the text from.
pub fn is_usage_alone(chunk: &Tape<'_>) -> bool {
    let field = |name| {
        let (key, _) = response_shape().field(name)?;
        chunk.field(At::ROOT, key)
    };
    let has_usage =
        field("usage").is_some_and(|usage| !matches!(chunk.scalar(usage), Some(Scalar::Null)));
    has_usage
        && field("choices").is_some_and(|choices| {
            chunk.is_list(choices) && chunk.children(choices).next().is_none()
        })
}

/// True when `path` is the beginning of `call`, up to a whole name.
fn leads_to(path: &str, call: &str) -> bool {
    let mut names = call.split('.');
    path.split('.')
        .all(|name| names.next().is_some_and(|known| is_same(known, name)))
        && names.next().is_some()
}

/// Compares names across spellings; `complete_async` is `complete`.
fn is_same(known: &str, given: &str) -> bool {
    let letters = |text: &str| -> String {
        let plain = text.chars().filter(|c| *c != '_');
        plain.map(|c| c.to_ascii_lowercase()).collect()
    };
    let known = letters(known);
    let whole = letters(given);
    whole == known || whole.strip_suffix("async") == Some(&known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::parse_json;

    #[test]
    fn a_call_is_known_in_every_spelling() {
        for path in [
            "chat.completions.create",
            "models.generate_content_stream",
            "models.generateContentStream",
            "chats.create().sendMessage",
            "chat.complete_async",
            "invoke_model",
        ] {
            assert!(client_step(path).is_call, "{path}");
        }
        for path in [
            "chat.completions.list",
            "responses.retrieve",
            "models.list",
            "",
            "async",
        ] {
            assert!(!client_step(path).is_call, "{path}");
        }
    }

    #[test]
    fn a_group_in_one_library_is_a_call_in_another() {
        let chat = client_step("chat");
        assert!(chat.is_call && chat.leads_on);
        assert!(client_step("chats.create").returns_calls);
        assert!(client_step("chats").leads_on && !client_step("chat.comp").leads_on);
        assert!(client_step("withOptions").returns_client);
        assert!(client_step("chat.completions.with_raw_response").is_raw_view);
    }

    #[test]
    fn a_command_is_called_like_its_call() {
        assert!(client_step("send").takes_command && !client_step("batches.send").takes_command);
        assert_eq!(
            command_path("InvokeModelWithResponseStreamCommand"),
            Some("InvokeModelWithResponseStream")
        );
        assert_eq!(command_path("ApplyGuardrailCommand"), None);
        assert_eq!(command_path("Converse"), None);
        assert!(client_step("chat.completions.runTools").makes_calls);
    }

    #[test]
    fn a_helper_gives_way_to_the_calls_it_makes() {
        for path in ["models.generate_content", "models.generateContent"] {
            let step = client_step(path);
            assert!(step.is_call, "where there are no inner calls");
            assert_eq!(
                step.inner_calls,
                ["_generate_content", "generateContentInternal"]
            );
        }
        assert!(client_step("models.embed_content").inner_calls.is_empty());
        let runs = client_step("beta.conversations.run_async");
        assert!(!runs.is_call && !runs.inner_calls.is_empty());
    }

    #[test]
    fn usage_is_asked_for_where_it_has_to_be_and_may_be() {
        let path = "chat.completions.create";
        assert!(asks_for_usage(path, None));
        assert!(asks_for_usage(path, Some("https://api.openai.com/v1/")));
        assert!(!asks_for_usage(path, Some("https://api.mistral.ai/v1/")));
        assert!(!asks_for_usage("responses.create", None));
    }

    #[test]
    fn only_the_chunk_that_holds_nothing_else_is_usage_alone() {
        for (text, expected) in [
            (r#"{"choices":[],"usage":{"prompt_tokens":1}}"#, true),
            (
                r#"{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
                false,
            ),
            (
                r#"{"choices":[],"usage":null,"prompt_filter_results":[]}"#,
                false,
            ),
            (r#"{"usage":{"prompt_tokens":1}}"#, false),
        ] {
            assert_eq!(
                is_usage_alone(&parse_json(text.as_bytes()).unwrap()),
                expected,
                "{text}"
            );
        }
    }
}
