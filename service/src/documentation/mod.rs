//! What anybody may read: the description of the API, for machines and for people.

pub(crate) mod outline;
mod page;

use crate::http::{Problem, answered_as};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};

/// `docs/openapi.json`, packed.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.deflate"));

/// Answers a request for the documentation; `None` when it is for something else.
pub(crate) fn documentation<B>(request: &Request<B>) -> Option<Result<Response<Vec<u8>>, Problem>> {
    let kind = match request.uri().path() {
        "/openapi.json" => "application/json",
        "/docs" => "text/html; charset=utf-8",
        _ => return None,
    };
    if answered_as(request.method()) != "GET" {
        return Some(Err(Problem::not_allowed(&["GET", "HEAD"], "Use GET")));
    }
    // Made when it is asked for, which is seldom: kept, it would be a part of every Worker that is started.
    let document = miniz_oxide::inflate::decompress_to_vec(PACKED).unwrap_or_default();
    let text = if kind == "application/json" {
        document
    } else {
        page::page(&serde_json::from_slice(&document).unwrap_or_default()).into_bytes()
    };
    let mut response = Response::new(text);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // The page brings its style along and nothing else.
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    Some(Ok(response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_the_one_of_the_docs() {
        let request = Request::get("/openapi.json").body(()).unwrap();
        let response = documentation(&request).unwrap().unwrap();
        let docs: &[u8] = include_bytes!("../../../docs/openapi.json");
        assert_eq!(response.body(), docs);
    }

    #[test]
    fn the_page_shows_every_route() {
        let request = Request::get("/docs").body(()).unwrap();
        let response = documentation(&request).unwrap().unwrap();
        let page = std::str::from_utf8(response.body()).unwrap();
        for route in crate::router::routes() {
            let shown = format!("<b>{}</b> <code>{}</code>", route.verb.as_str(), route.path);
            assert!(page.contains(&shown), "{shown}");
        }
    }
}
