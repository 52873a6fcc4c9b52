//! The page at `/docs`: the endpoint reference as one file of HTML, without scripts and without anything from elsewhere.

use super::outline::{Endpoint, groups, list, replies, rows, said, type_of};
use serde_json::Value;
use std::fmt::Write as _;

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:auto;padding:1rem}\
    code{font:0.9em ui-monospace,monospace}summary{cursor:pointer;padding:.3rem 0}table{border-collapse:collapse;width:100%;\
    font-size:.9rem}td,th{border-bottom:1px solid #8884;padding:.2rem .6rem .2rem 0;text-align:left;vertical-align:top}\
    nav a{margin-right:1rem}details{border-top:1px solid #8884}b{display:inline-block;min-width:4.5em}";

/// The page.
pub(super) fn page(document: &Value) -> String {
    let groups = groups(document);
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Bear Lumen API</title><style>{STYLE}</style>\n<h1>Bear Lumen API</h1>\n"
    );
    for paragraph in document
        .pointer("/info/description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .split("\n\n")
    {
        let _ = writeln!(html, "<p>{}</p>", escaped(paragraph));
    }
    html.push_str("<p>For machines: <a href=\"openapi.json\">openapi.json</a></p>\n<nav>");
    for group in &groups {
        let _ = write!(html, "<a href=\"#{0}\">{0}</a>", escaped(group.name));
    }
    html.push_str("</nav>\n");
    for group in &groups {
        let _ = writeln!(html, "<h2 id=\"{0}\">{0}</h2>", escaped(group.name));
        for endpoint in &group.endpoints {
            part(document, endpoint, &mut html);
        }
    }
    html.push_str("</html>\n");
    html
}

fn part(document: &Value, endpoint: &Endpoint<'_>, html: &mut String) {
    let operation = endpoint.operation;
    let _ = writeln!(
        html,
        "<details id=\"{}\"><summary><b>{}</b> <code>{}</code> {}</summary><p>{}</p>",
        said(operation, "operationId"),
        endpoint.verb,
        escaped(endpoint.path),
        escaped(said(operation, "summary")),
        escaped(said(operation, "description")),
    );
    let parameters = list(operation.get("parameters")).iter().map(|parameter| {
        let name = said(parameter, "name").to_owned();
        [
            name,
            type_of(parameter.get("schema")),
            said(parameter, "description").to_owned(),
        ]
    });
    table("Parameters", parameters, html);
    let of = |schema: &Value| {
        rows(document, schema)
            .into_iter()
            .map(|row| [row.name, row.kind, row.about])
    };
    if let Some(body) = operation.pointer("/requestBody/content/application~1json/schema") {
        table("Body", of(body), html);
    }
    for (status, schema) in replies(operation) {
        table(&format!("Answer {status}"), of(schema), html);
    }
    html.push_str("</details>\n");
}

fn table(title: &str, rows: impl Iterator<Item = [String; 3]>, html: &mut String) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = write!(html, "<h4>{title}</h4><table>");
    for [name, kind, about] in rows {
        let _ = writeln!(
            html,
            "<tr><td><code>{}</code><td>{}<td>{}",
            escaped(&name),
            escaped(&kind.replace('`', "")),
            escaped(&about)
        );
    }
    html.push_str("</table>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
