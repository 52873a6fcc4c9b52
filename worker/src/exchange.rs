//! Requests and responses between the platform's types and plain `http`.

use bearlumen_service::MAX_BODY_BYTES;
use http::{HeaderName, HeaderValue, Uri};
use wasm_bindgen::JsCast;
use worker::js_sys::Uint8Array;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Headers, Response, ResponseBuilder, web_sys};

use crate::problem::Problem;

/// The request without its body.
pub(crate) fn head(request: &web_sys::Request) -> Result<http::Request<()>, Problem> {
    let url = request.url();
    let uri: Uri = path_and_query(&url).parse().map_err(Problem::malformed)?;
    let mut head = http::Request::builder()
        .method(request.method().as_str())
        .uri(uri)
        .body(())
        .map_err(Problem::malformed)?;
    for (name, value) in &Headers(request.headers()) {
        let name: HeaderName = name.parse().map_err(Problem::malformed)?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(Problem::malformed)?;
        head.headers_mut().append(name, value);
    }
    Ok(head)
}

/// The path alone.
pub(crate) fn path(request: &web_sys::Request) -> String {
    let url = request.url();
    let path = path_and_query(&url);
    path.split(['?', '#']).next().unwrap_or(path).to_owned()
}

/// The request with its body, cut off one byte past the limit: enough for the service to see that it is too long.
pub(crate) async fn whole(request: &web_sys::Request) -> Result<http::Request<Vec<u8>>, Problem> {
    let head = head(request)?;
    let mut body = Vec::new();
    if let Some(stream) = request.body() {
        let announced = head
            .headers()
            .get(http::header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        body = match announced {
            // The platform holds a body to its announced length, so it may come in one piece.
            Some(length) if length <= MAX_BODY_BYTES => {
                let bytes = JsFuture::from(request.array_buffer()?).await?;
                Uint8Array::new(&bytes).to_vec()
            }
            _ => read_to_limit(&stream).await?,
        };
    }
    Ok(head.map(|()| body))
}

async fn read_to_limit(stream: &web_sys::ReadableStream) -> Result<Vec<u8>, Problem> {
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

/// The service's response as the platform's. What it says for the log alone goes there.
pub(crate) fn response(response: http::Response<Vec<u8>>) -> worker::Result<Response> {
    let (head, body) = response.into_parts();
    let headers = Headers::new();
    for (name, value) in &head.headers {
        headers.append(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))?;
    }
    let builder = ResponseBuilder::new()
        .with_status(head.status.as_u16())
        .with_headers(headers);
    // A 204 may not even have an empty body.
    Ok(if body.is_empty() {
        builder.empty()
    } else {
        builder.fixed(body)
    })
}

/// What follows the authority; `http` parses it without the scheme and host that the platform puts before it.
fn path_and_query(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    url[after_scheme..]
        .find('/')
        .map_or("/", |at| &url[after_scheme + at..])
}
