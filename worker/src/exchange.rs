//! Requests and responses between the platform's types and plain `http`, by the platform's own classes: those of the
//! `worker` crate would make each of them twice.

use bearlumen_service::MAX_BODY_BYTES;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderName, HeaderValue, Uri};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::{JSON, Promise, Uint8Array};
use worker::wasm_bindgen_futures::JsFuture;
use worker::web_sys;

use crate::problem::Problem;

/// The headers that the service reads. Each is asked for by name: most of those that come are nobody's business here,
/// and every one that is read costs a crossing.
const READ: [HeaderName; 2] = [AUTHORIZATION, CONTENT_LENGTH];

/// The request without its body.
pub(crate) fn head(request: &web_sys::Request) -> Result<http::Request<()>, Problem> {
    let url = request.url();
    let uri: Uri = path_and_query(&url).parse().map_err(Problem::malformed)?;
    let mut head = http::Request::builder()
        .method(request.method().as_str())
        .uri(uri)
        .body(())
        .map_err(Problem::malformed)?;
    for name in READ {
        if let Some(value) = header(request, &name)? {
            head.headers_mut().insert(name, value);
        }
    }
    Ok(head)
}

/// A header's value.
pub(crate) fn header(
    request: &web_sys::Request,
    name: &HeaderName,
) -> Result<Option<HeaderValue>, Problem> {
    let Some(value) = request.headers().get(name.as_str())? else {
        return Ok(None);
    };
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(Problem::malformed)?;
    Ok(Some(value))
}

/// The path alone.
pub(crate) fn path(request: &web_sys::Request) -> String {
    let url = request.url();
    let path = path_and_query(&url);
    path.split(['?', '#']).next().unwrap_or(path).to_owned()
}

/// Where the body is.
pub(crate) enum Body {
    None,
    /// In one piece, an `ArrayBuffer`.
    Whole(Promise),
    /// To be read by [`read_to_limit`].
    Stream(web_sys::ReadableStream),
}

/// The body of a request.
pub(crate) fn body(request: &web_sys::Request, head: &http::Request<()>) -> Result<Body, JsValue> {
    let announced = head
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match announced {
        Some(0) => Ok(Body::None),
        // The platform holds a body to its announced length, so it may come in one piece.
        Some(length) if length <= MAX_BODY_BYTES => request.array_buffer().map(Body::Whole),
        _ => Ok(request.body().map_or(Body::None, Body::Stream)),
    }
}

/// The body, cut off one byte past the limit: enough for the service to see that it is too long.
pub(crate) async fn read_to_limit(stream: &web_sys::ReadableStream) -> Result<Vec<u8>, JsValue> {
    let reader: web_sys::ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    while body.len() <= MAX_BODY_BYTES {
        let chunk: web_sys::ReadableStreamReadResult =
            JsFuture::from(reader.read()).await?.unchecked_into();
        if chunk.get_done().unwrap_or(true) {
            return Ok(body);
        }
        body.extend_from_slice(&Uint8Array::new(&chunk.get_value()).to_vec());
    }
    body.truncate(MAX_BODY_BYTES + 1);
    // The sender may go on; nobody waits for it.
    let _ = reader.cancel();
    Ok(body)
}

/// Status and headers as the platform's constructor takes them.
#[derive(Serialize)]
struct Init<'a> {
    status: u16,
    headers: Vec<[&'a str; 2]>,
}

/// The service's response as the platform's. What is not its body crosses as one text: each header by itself would take
/// longer, and an object of the platform's to hold them.
pub(crate) fn response(response: http::Response<Vec<u8>>) -> Result<web_sys::Response, JsValue> {
    let (head, body) = response.into_parts();
    let headers = head.headers.iter();
    let init = Init {
        status: head.status.as_u16(),
        // The service's own are all of visible characters.
        headers: headers
            .map(|(name, value)| [name.as_str(), value.to_str().unwrap_or_default()])
            .collect(),
    };
    let text = serde_json::to_string(&init).unwrap_or_default();
    let init: web_sys::ResponseInit = JSON::parse(&text)?.unchecked_into();
    // A 204 may not even have an empty body.
    if body.is_empty() {
        web_sys::Response::new_with_opt_str_and_init(None, &init)
    } else {
        let bytes = Uint8Array::from(body.as_slice());
        web_sys::Response::new_with_opt_buffer_source_and_init(Some(&bytes), &init)
    }
}

/// What follows the authority; `http` parses it without the scheme and host that the platform puts before it.
fn path_and_query(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    url[after_scheme..]
        .find('/')
        .map_or("/", |at| &url[after_scheme + at..])
}
